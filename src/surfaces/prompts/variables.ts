import { isObject } from '../../base/is-object.ts';
import { withoutNulls } from '../../base/without-nulls.ts';
import { schemaOf } from '../../intake/json-schema.ts';
import { validate } from '../../intake/validate.ts';
import type { Prompt, Values } from './prompt.ts';

/**
 * Validates the variables of a request. None at all are those of a prompt that requires none.
 *
 * @param path where the request has them, for errors
 * @throws ApiError `invalid_parameter`, which names the variable
 */
export function readVariables({ input }: Prompt, variables: unknown, path: readonly string[]): Values {
  const given = isObject(variables) ? withTexts(withoutNulls(variables)) : (variables ?? {});
  return validate(schemaOf(input), given, path) as Values;
}

/** OpenAI's API also takes texts as `{ type: "input_text", text }`. */
function withTexts(variables: Values): Values {
  const entries = Object.entries(variables).map(([name, value]) => {
    return [name, isObject(value) && value.type === 'input_text' ? value.text : value];
  });
  return Object.fromEntries(entries);
}
