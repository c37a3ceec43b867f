import * as z from 'zod/mini';
import { declaredLength } from '../../base/bytes/bounded-body.ts';
import { decodeFloats, release } from '../../base/bytes/floats.ts';
import { hasNoEscapes, takeLargeStrings } from '../../base/bytes/large-strings.ts';
import type { Placeholders } from '../../base/bytes/placeholders.ts';
import { isObject } from '../../base/is-object.ts';
import { lazy } from '../../base/lazy.ts';
import { MAX_VECTORS_ANSWER_BYTES } from '../../base/sizes.ts';
import { tokenCount } from '../../call/host-counts.ts';
import type { Embedded } from '../../call/tasks.ts';
import { parseAnswer, readAnswer, readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';

const utf8 = new TextDecoder();

/** The smallest shape of an answer of OpenAI's embeddings route: hosts differ in everything else. */
const answerSchema = lazy(() =>
  z.object({
    data: z.array(
      z.object({
        index: z.optional(z.nullable(z.number())),
        embedding: z.nullable(z.union([z.string(), z.array(z.number())])),
      }),
    ),
    usage: z.optional(z.unknown()),
  }),
);

/** Shorter strings are no vectors: the smallest has 16 dimensions. */
const MIN_VECTOR_CHARACTERS = 80;

/** From here on memory counts more than the cost of looking for the strings. */
const LARGE_BYTES = 1024 * 1024;

interface Parsed {
  readonly bytes?: Uint8Array;
  readonly json: unknown;
  /** What placeholders in the JSON stand for. */
  readonly large?: Placeholders;
}

/** Base64 stays in the bytes of a large answer: as strings, it would be in memory twice more. */
async function parse(response: Response, name: string): Promise<Parsed> {
  const declared = declaredLength(response);
  if (declared !== undefined && declared < LARGE_BYTES) return readJson(response, name, MAX_VECTORS_ANSWER_BYTES);
  const bytes = await readAnswer(response, name, { maxBytes: MAX_VECTORS_ANSWER_BYTES });
  const { rest, large } = takeLargeStrings(bytes, MIN_VECTOR_CHARACTERS, hasNoEscapes);
  return { bytes, json: parseAnswer(utf8.decode(rest), name), large };
}

/**
 * Reads vectors in OpenAI's shape, base64 of little-endian float32 or numbers, in the order of the inputs.
 *
 * @throws UpstreamFailure `invalid-answer` or `answer-too-large`
 */
export async function readVectors(response: Response, count: number, name: string): Promise<Embedded> {
  const { bytes, json, large } = await parse(response, name);
  const answer = answerSchema().safeParse(json);
  if (!answer.success) throw invalidAnswer(name, 'without the shape of embeddings');
  const { data, usage } = answer.data;
  // Hosts that do not know base64 answer with nothing.
  if (data.length === 0 || data.some(({ embedding }) => !embedding || embedding.length === 0)) {
    throw invalidAnswer(name, 'with an empty vector', 'encoding_format');
  }
  if (data.length !== count) throw invalidAnswer(name, `with ${data.length} vectors for ${count} inputs`);
  const vectors = new Array<Float32Array>(count);
  data.forEach(({ index, embedding }, position) => {
    const at = index ?? position;
    if (at in vectors || !Number.isInteger(at) || at < 0 || at >= count) return;
    if (typeof embedding !== 'string') vectors[at] = new Float32Array(embedding ?? []);
    else {
      const content = large?.contentOf(embedding);
      const base64 = content ? utf8.decode(content) : embedding;
      vectors[at] = decodeFloats(base64, () => invalidAnswer(name, 'with bad base64'));
    }
  });
  if (bytes) release(bytes);
  // An index that appears twice, or is out of range, leaves a hole.
  if (Object.keys(vectors).length !== count) throw invalidAnswer(name, 'with indexes that do not match the inputs');
  const { prompt_tokens, total_tokens } = isObject(usage) ? usage : ({} as Record<string, unknown>);
  return { vectors, promptTokens: tokenCount(prompt_tokens) ?? tokenCount(total_tokens) ?? 0 };
}
