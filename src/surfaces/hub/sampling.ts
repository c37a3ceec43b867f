import * as z from 'zod/mini';
import { lazy } from '../../base/lazy.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { maybe } from '../../intake/maybe.ts';
import { inParameters } from './hub-task.ts';
import { allowOnly } from './unsupported.ts';

/** Parameters of generation that are checked here. The route checks the others that it knows. */
export const generation = lazy(() => ({
  max_new_tokens: maybe(z.int().check(z.gte(1))),
  do_sample: maybe(z.boolean()),
}));

/** Any of these asks for sampling, as `do_sample` does. */
const SAMPLERS = ['temperature', 'top_k', 'top_p', 'typical_p'];
/** OpenAI's API has some of these; the others are for hosts that know them. */
const PASSED = [...SAMPLERS, 'seed', 'stop', 'repetition_penalty', 'frequency_penalty'];

/**
 * Parameters of generation as fields of OpenAI's API. Without one that asks for sampling, the likeliest token
 * is taken, as in Text Generation Inference.
 *
 * @throws ApiError `unsupported_parameter`
 */
export function samplingOf({ max_new_tokens, do_sample, best_of, ...parameters }: JsonObject): JsonObject {
  allowOnly(best_of === 1 ? parameters : { best_of, ...parameters }, PASSED);
  const fields: JsonObject = { max_tokens: max_new_tokens };
  for (const name of PASSED) fields[name] = parameters[name] ?? undefined;
  const samples = do_sample ?? SAMPLERS.some((name) => fields[name] !== undefined);
  if (!samples) fields.temperature = 0;
  return fields;
}

export const nameOfGeneration = inParameters({
  prompt: 'inputs',
  messages: 'inputs',
  max_tokens: 'parameters.max_new_tokens',
});
