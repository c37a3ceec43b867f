import * as z from 'zod/mini';
import { encodeFloats } from '../src/base/bytes/floats.ts';
import { jsonAnswer } from '../src/base/bytes/json-pieces.ts';
import { ApiError, type ErrorShape } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_ITEMS, MAX_ITEMS_BODY_BYTES } from '../src/base/sizes.ts';
import type { EmbeddingModel, Space } from '../src/call/tasks.ts';
import { readItems } from '../src/intake/items.ts';
import { maybe } from '../src/intake/maybe.ts';
import { type Check, isName, isTexts, usual } from '../src/intake/usual.ts';
import { route } from '../src/route.ts';
import { type CachedEmbeddings, embedItems } from '../src/vectors/embedding/embed-items.ts';
import { truncate } from '../src/vectors/embedding/vector.ts';
import { cacheStatus, count, itemOrItems, modelName, usageOf } from './fields.ts';

/**
 * OpenAI's embeddings request, with pictures among the items, and Infinity's `modality`, which says what
 * strings are. Source: https://platform.openai.com/docs/api-reference/embeddings/create
 */
export const embeddingsRequest = lazy(() =>
  z.looseObject({
    model: modelName(),
    input: itemOrItems(
      '; an item is a string (token arrays are not supported), {"type":"text","text"}, {"type":"image_url","image_url":{"url"}}, {"text"} or {"image"}',
    ),
    encoding_format: z.optional(z.nullable(z.enum(['float', 'base64']))),
    dimensions: z.optional(z.nullable(count(1, 65_536))),
    // Names that Voyage, Jina and Cohere have for kinds of numbers. Vectors of others would be answered as
    // something else.
    output_dtype: maybe(z.enum(['float'])),
    embedding_type: maybe(floats()),
    embedding_types: maybe(floats()),
    modality: z.optional(z.nullable(z.enum(['text', 'image']))),
  }),
);

/** One of the kinds of numbers, or a list of them. */
const floats = () => z.union([z.enum(['float']), z.array(z.enum(['float']))], { error: 'must be "float"' });

/** LangChain's client of Jina reads `detail`. */
const errorShape: ErrorShape = (error) => ({ body: { error, detail: error.message } });

const isTextOrTexts: Check = (value) => typeof value === 'string' || isTexts(MAX_ITEMS)(value);
const isFormat: Check = (value) => value === 'float' || value === 'base64';

/** POST /v1/embeddings: unit vectors, in the order of the items, from the cache if it has them. */
export const embeddings = route({
  method: 'POST',
  path: '/v1/embeddings',
  access: 'embeddings',
  schema: embeddingsRequest,
  acceptsUnparsed: usual({ model: isName, input: isTextOrTexts }, { encoding_format: isFormat }),
  tasks: ['embedding'],
  errorShape,
  pictures: { field: 'input', lists: [] },
  maxBytes: MAX_ITEMS_BODY_BYTES,
  async run({ input, encoding_format, dimensions, modality }, call) {
    const wanted = dimensions ?? undefined;
    const model = sized(call.model, wanted);
    const embedded = await embedItems(model, [readItems(input, 'input', call, modality ?? undefined)], call);
    const encode = encoderFor(encoding_format ?? 'float', wanted);
    return jsonAnswer(pieces(model, embedded, encode), { 'cache-status': cacheStatus(embedded) });
  },
});

/** @throws ApiError `invalid_parameter` if the vectors of the model cannot have this length */
function sized(model: EmbeddingModel, wanted: number | undefined): EmbeddingModel {
  if (wanted === undefined) return model;
  if (model.resized) return model.resized(wanted);
  requireDimensions(model.space, wanted);
  return model;
}

function requireDimensions({ dimensions, minDimensions }: Space, wanted: number): void {
  if (dimensions === undefined || wanted === dimensions) return;
  if (minDimensions !== undefined && wanted >= minDimensions && wanted < dimensions) return;
  const allowed = minDimensions === undefined ? `${dimensions}` : `${minDimensions} to ${dimensions}`;
  throw new ApiError('invalid_parameter', `\`dimensions\` must be ${allowed} for this model.`, { param: 'dimensions' });
}

function encoderFor(format: 'float' | 'base64', dimensions: number | undefined) {
  // One array for all vectors: with one for each, 2,048 of them added 9 MiB to a new process.
  const numbers: number[] = [];
  return (whole: Float32Array) => {
    const vector = dimensions === undefined ? whole : truncate(whole, dimensions);
    if (format === 'base64') return `"${encodeFloats(vector)}"`;
    for (let i = 0; i < vector.length; i++) numbers[i] = vector[i] as number;
    return JSON.stringify(numbers);
  };
}

function* pieces({ id }: EmbeddingModel, embedded: CachedEmbeddings, encode: (vector: Float32Array) => string) {
  yield `{"object":"list","model":${JSON.stringify(id)},"data":[`;
  let index = 0;
  for (const vector of embedded.vectors) {
    yield `${index === 0 ? '' : ','}{"object":"embedding","index":${index},"embedding":`;
    yield encode(vector);
    yield '}';
    index++;
  }
  yield `],"usage":${JSON.stringify(usageOf(embedded))}}`;
}
