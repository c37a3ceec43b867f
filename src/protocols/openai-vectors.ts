import * as z from 'zod/mini';
import { decodeFloats } from '../bytes/floats.ts';
import { lazy } from '../lazy.ts';
import type { Embedded } from '../tasks.ts';
import { invalidAnswer } from '../upstream/failure.ts';

/** The smallest shape of an answer of OpenAI's embeddings route: hosts differ in everything else. */
const answerSchema = lazy(() =>
  z.object({
    data: z.array(z.object({ index: z.optional(z.number()), embedding: z.union([z.string(), z.array(z.number())]) })),
    usage: z.optional(
      z.nullable(z.object({ prompt_tokens: z.optional(z.number()), total_tokens: z.optional(z.number()) })),
    ),
  }),
);

/**
 * Reads vectors in OpenAI's shape, base64 of little-endian float32 or numbers, in the order of the inputs.
 *
 * @throws UpstreamFailure `invalid-answer`
 */
export function readVectors(json: unknown, count: number, name: string): Embedded {
  const answer = answerSchema().safeParse(json);
  if (!answer.success) throw invalidAnswer(name, 'without the shape of embeddings');
  const { data, usage } = answer.data;
  if (data.length !== count) throw invalidAnswer(name, `with ${data.length} vectors for ${count} inputs`);
  const vectors = new Array<Float32Array>(count);
  data.forEach(({ index = -1, embedding }, position) => {
    const at = index === -1 ? position : index;
    if (!(at in vectors) && Number.isInteger(at) && at >= 0 && at < count) {
      vectors[at] =
        typeof embedding === 'string'
          ? decodeFloats(embedding, () => invalidAnswer(name, 'with bad base64'))
          : new Float32Array(embedding);
    }
  });
  // An index that appears twice, or is out of range, leaves a hole.
  if (Object.keys(vectors).length !== count) throw invalidAnswer(name, 'with indexes that do not match the inputs');
  return { vectors, promptTokens: usage?.prompt_tokens ?? usage?.total_tokens ?? 0 };
}
