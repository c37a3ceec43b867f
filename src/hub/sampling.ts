import * as z from 'zod/mini';
import { lazy } from '../lazy.ts';
import type { JsonObject } from '../tasks.ts';
import { inParameters } from './hub-task.ts';
import { refuse } from './refuse.ts';

/** Parameters of generation that have a check of their own here. The routes check the others that they know. */
export const generation = lazy(() => ({
  max_new_tokens: z.optional(z.nullable(z.int().check(z.gte(1)))),
  do_sample: z.optional(z.nullable(z.boolean())),
}));

const UNSUPPORTED = ['adapter_id', 'decoder_input_details', 'grammar', 'top_n_tokens', 'truncate', 'watermark'];
/** Any of these asks for sampling, as `do_sample` does. */
const SAMPLERS = ['temperature', 'top_k', 'top_p', 'typical_p'];

/**
 * Parameters of generation as fields of OpenAI's API. Those that only some hosts know, such as `top_k` and
 * `repetition_penalty`, are passed on under their own names. Without any for sampling, the likeliest token is taken, as in
 * Text Generation Inference.
 *
 * @throws ApiError `unsupported_parameter`
 */
export function samplingOf(parameters: JsonObject): JsonObject {
  refuse(parameters, UNSUPPORTED);
  const { max_new_tokens, do_sample, best_of, ...rest } = parameters;
  if (best_of !== 1) refuse({ best_of }, ['best_of']);
  for (const name of UNSUPPORTED) delete rest[name];
  const samples = do_sample ?? SAMPLERS.some((name) => rest[name] !== undefined && rest[name] !== null);
  return { ...rest, max_tokens: max_new_tokens ?? undefined, ...(!samples && { temperature: 0 }) };
}

export const nameOfGeneration = inParameters({
  prompt: 'inputs',
  messages: 'inputs',
  max_tokens: 'parameters.max_new_tokens',
});
