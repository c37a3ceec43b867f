import * as z from 'zod/mini';
import { type AppContext, cacheUseOf, callOf } from '../src/app.ts';
import { encodeFloats } from '../src/bytes/floats.ts';
import { embedItems } from '../src/embedding/embed-items.ts';
import { truncate } from '../src/embedding/vector.ts';
import { ApiError } from '../src/errors.ts';
import { readItemsBody } from '../src/intake/body.ts';
import { itemSchema } from '../src/intake/items.ts';
import { lazy } from '../src/lazy.ts';
import { resolve } from '../src/models/resolve.ts';
import type { Space } from '../src/tasks.ts';
import { LIMITS } from '../src/time-limits.ts';
import { cacheStatus, count, MOST_ITEMS, modelName, readItems, usageOf } from './fields.ts';

/**
 * OpenAI's embeddings request, with pictures among the items.
 * Source: https://platform.openai.com/docs/api-reference/embeddings/create
 */
export const embeddingsRequest = lazy(() =>
  z.looseObject({
    model: modelName(),
    input: z.union([itemSchema(), z.array(itemSchema()).check(z.minLength(1), z.maxLength(MOST_ITEMS))], {
      error: `must be an item or an array of 1 to ${MOST_ITEMS} items; an item is a string (token arrays are not taken), {"type":"text","text"}, {"type":"image_url","image_url":{"url"}}, {"text"} or {"image"}`,
    }),
    encoding_format: z.optional(z.nullable(z.enum(['float', 'base64']))),
    dimensions: z.optional(z.nullable(count(1, 65_536))),
  }),
);

/** POST /v1/embeddings: unit vectors, in the order of the items, from the cache where it has them. */
export async function embeddings(c: AppContext): Promise<Response> {
  const call = callOf(c, LIMITS.embedding);
  const { body, attachments } = await readItemsBody(c.req.raw, embeddingsRequest(), 'input');
  const wanted = body.dimensions ?? undefined;
  const model = resolve(body.model, ['embedding'], call.settings, { dimensions: wanted });
  call.report.model = model.id;
  if (wanted !== undefined) requireDimensions(model.space, wanted);
  const items = readItems(body.input, 'input', attachments);
  const cache = cacheUseOf(c);
  const embedded = await embedItems(model, items, call, { kv: c.env.EMBEDDINGS, cache });
  const usage = usageOf(embedded);
  c.header('cache-status', cacheStatus(usage, cache));
  const asBase64 = body.encoding_format === 'base64';
  return c.json({
    object: 'list',
    model: model.id,
    data: embedded.vectors.map((whole, index) => {
      const vector = wanted === undefined ? whole : truncate(whole, wanted);
      return { object: 'embedding', index, embedding: asBase64 ? encodeFloats(vector) : Array.from(vector) };
    }),
    usage,
  });
}

/** @throws ApiError `invalid_parameter` where the model's vectors cannot be cut to this */
function requireDimensions({ dimensions, minDimensions }: Space, wanted: number): void {
  if (dimensions === undefined || wanted === dimensions) return;
  if (minDimensions !== undefined && wanted >= minDimensions && wanted < dimensions) return;
  const allowed = minDimensions === undefined ? `${dimensions}` : `${minDimensions} to ${dimensions}`;
  throw new ApiError('invalid_parameter', `\`dimensions\` must be ${allowed} for this model.`, { param: 'dimensions' });
}
