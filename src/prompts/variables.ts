import * as z from 'zod/mini';
import { schemaOf } from '../intake/json-schema.ts';
import { validate } from '../intake/validate.ts';
import type { Prompt, Values } from './prompt.ts';

/**
 * Validates the variables of a request.
 *
 * @param path where the request has them, for errors
 * @throws ApiError `invalid_parameter`, which names the variable
 */
export function readVariables({ input }: Prompt, variables: Values, path: readonly string[]): Values {
  const texts = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, textIn(value)]));
  const schema = path.reduceRight<z.ZodMiniType>((inner, name) => z.object({ [name]: inner }), schemaOf(input));
  validate(
    schema,
    path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), texts),
  );
  return texts;
}

/** OpenAI's API also takes texts as `{ type: "input_text", text }`. */
function textIn(value: unknown): unknown {
  const { type, text } = (typeof value === 'object' && value !== null ? value : {}) as Values;
  return type === 'input_text' ? text : value;
}
