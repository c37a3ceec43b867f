import * as z from 'zod/mini';
import { decodeFloats } from '../bytes/floats.ts';
import { ApiError } from '../errors.ts';
import { lazy } from '../lazy.ts';
import type { Embedded } from '../tasks.ts';

/** The smallest shape that reads an answer of OpenAI's embeddings route: hosts differ in all the rest. */
const answerSchema = lazy(() =>
  z.object({
    data: z.array(z.object({ index: z.optional(z.number()), embedding: z.union([z.string(), z.array(z.number())]) })),
    usage: z.optional(
      z.nullable(z.object({ prompt_tokens: z.optional(z.number()), total_tokens: z.optional(z.number()) })),
    ),
  }),
);

/**
 * Reads vectors in OpenAI's shape, as base64 of little-endian float32 or as numbers, into the order of the inputs.
 *
 * @throws ApiError `upstream_invalid_answer`
 */
export function readVectors(json: unknown, count: number, name: string): Embedded {
  const answer = answerSchema().safeParse(json);
  if (!answer.success) throw invalid(name, 'without the shape of embeddings');
  const { data, usage } = answer.data;
  if (data.length !== count) throw invalid(name, `with ${data.length} vectors for ${count} inputs`);
  const vectors = new Array<Float32Array>(count);
  data.forEach(({ index = -1, embedding }, position) => {
    const at = index === -1 ? position : index;
    if (!(at in vectors) && Number.isInteger(at) && at >= 0 && at < count) {
      vectors[at] =
        typeof embedding === 'string'
          ? decodeFloats(embedding, () => invalid(name, 'with bad base64'))
          : new Float32Array(embedding);
    }
  });
  // An index that comes twice, or lies outside, leaves a hole.
  if (Object.keys(vectors).length !== count) throw invalid(name, 'with indexes that do not match the inputs');
  return { vectors, promptTokens: usage?.prompt_tokens ?? usage?.total_tokens ?? 0 };
}

export function invalid(name: string, what: string): ApiError {
  return new ApiError('upstream_invalid_answer', `The host ${name} answered ${what}.`);
}
