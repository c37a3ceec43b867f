import * as z from 'zod/mini';
import { type AppContext, cacheUseOf, callOf } from '../src/app.ts';
import { embedItems } from '../src/embedding/embed-items.ts';
import { dot } from '../src/embedding/vector.ts';
import { readItemsBody } from '../src/intake/body.ts';
import { itemSchema } from '../src/intake/items.ts';
import { lazy } from '../src/lazy.ts';
import { resolve } from '../src/models/resolve.ts';
import { LIMITS } from '../src/time-limits.ts';
import { cacheStatus, count, flag, isList, MOST_ITEMS, modelName, readItems, requireCount, usageOf } from './fields.ts';

const items = () => z.array(itemSchema()).check(z.minLength(1), z.maxLength(MOST_ITEMS));

export const similarityRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'clip'),
    query: z.union([itemSchema(), items()], { error: `must be an item or an array of 1 to ${MOST_ITEMS} items` }),
    documents: items(),
    top_n: z.optional(z.nullable(count(1, MOST_ITEMS))),
    return_documents: flag(),
  }),
);

/**
 * POST /v1/similarity: how near each document is to the query, text or picture alike, nearest first. With several
 * queries each document counts by its nearest one (`query_index`), and `matrix` holds every cosine, queries by
 * documents.
 */
export async function similarity(c: AppContext): Promise<Response> {
  const call = callOf(c, LIMITS.embedding);
  const { body, attachments } = await readItemsBody(c.req.raw, similarityRequest(), 'query', ['documents']);
  const model = resolve(body.model, ['embedding'], call.settings);
  call.report.model = model.id;
  const queries = readItems(body.query, 'query', attachments);
  const documents = readItems(body.documents, 'documents', attachments);
  const all = [...queries, ...documents];
  requireCount(all.length);
  const cache = cacheUseOf(c);
  const embedded = await embedItems(model, all, call, { kv: c.env.EMBEDDINGS, cache });
  const usage = usageOf(embedded);
  c.header('cache-status', cacheStatus(usage, cache));

  const documentVectors = embedded.vectors.slice(queries.length);
  const matrix = embedded.vectors
    .slice(0, queries.length)
    .map((query) => documentVectors.map((document) => dot(query, document)));
  const results = documents.map((_, index) => {
    const cosines = matrix.map((row) => row[index] as number);
    const cosine = Math.max(...cosines);
    return {
      index,
      ...(isList(body.query) ? { query_index: cosines.indexOf(cosine) } : {}),
      relevance_score: Math.max(0, cosine),
      cosine,
      logit:
        model.space.logitScale === undefined ? null : model.space.logitScale * cosine + (model.space.logitBias ?? 0),
      ...(body.return_documents ? { document: body.documents[index] } : {}),
    };
  });
  results.sort((a, b) => b.cosine - a.cosine);
  return c.json({
    object: 'list',
    model: model.id,
    results: results.slice(0, body.top_n ?? results.length),
    ...(isList(body.query) ? { matrix } : {}),
    usage,
  });
}
