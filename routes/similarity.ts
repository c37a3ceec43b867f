import * as z from 'zod/mini';
import { decimal } from '../src/base/bytes/decimal.ts';
import { jsonAnswer } from '../src/base/bytes/json-pieces.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_ITEMS, MAX_ITEMS_BODY_BYTES } from '../src/base/sizes.ts';
import { isList, readItems } from '../src/intake/items.ts';
import { isCount, isName, isText, isTexts, usual } from '../src/intake/usual.ts';
import { route } from '../src/route.ts';
import { embedItems } from '../src/vectors/embedding/embed-items.ts';
import { dot } from '../src/vectors/embedding/vector.ts';
import {
  asSent,
  cacheStatus,
  flag,
  itemOrItems,
  items,
  modelName,
  requireCount,
  requirePairs,
  topFields,
  topOf,
  usageOf,
} from './fields.ts';

export const similarityRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'clip'),
    query: itemOrItems(),
    documents: items(),
    ...topFields(MAX_ITEMS),
    return_documents: flag(),
  }),
);

/**
 * POST /v1/similarity: how near each document is to the query, text or picture alike, nearest first. With
 * several queries a document is ranked by its nearest query (`query_index`), and `matrix` holds every cosine,
 * queries by documents.
 */
export const similarity = route({
  method: 'POST',
  path: '/v1/similarity',
  access: 'embeddings',
  schema: similarityRequest,
  acceptsUnparsed: usual(
    { model: isName, query: isText, documents: isTexts(MAX_ITEMS) },
    { top_n: isCount(1, MAX_ITEMS) },
  ),
  tasks: ['embedding'],
  pictures: { field: 'query', lists: ['documents'] },
  maxBytes: MAX_ITEMS_BODY_BYTES,
  async run({ query, documents, return_documents, ...top }, call) {
    const { model } = call;
    const queries = readItems(query, 'query', call);
    const others = readItems(documents, 'documents', call);
    requireCount(queries.items.length + others.items.length);
    requirePairs(['query', queries.items.length], ['documents', documents.length]);
    const embedded = await embedItems(model, [queries, others], call);
    const matrix = cosinesOf(embedded.vectors, queries.items.length);
    const listed = {
      model: model.id,
      matrix,
      nearest: nearestOf(matrix, documents.length),
      topN: topOf(top) ?? documents.length,
      scale: model.space.logitScale,
      isList: isList(query),
      documentAt: return_documents ? (index: number) => asSent(documents[index], call.large) : undefined,
      usage: usageOf(embedded),
    };
    return jsonAnswer(pieces(listed), { 'cache-status': cacheStatus(embedded) });
  },
});

/** @returns a row of cosines for each query */
function cosinesOf(vectors: readonly Float32Array[], queries: number): Float64Array[] {
  return vectors.slice(0, queries).map((query) => {
    const row = new Float64Array(vectors.length - queries);
    for (let i = 0; i < row.length; i++) row[i] = dot(query, vectors[queries + i] as Float32Array);
    return row;
  });
}

/** For each document its nearest query, and the cosine to it. */
interface Nearest {
  readonly query: Uint16Array;
  readonly cosine: Float64Array;
}

function nearestOf(matrix: readonly Float64Array[], documents: number): Nearest {
  const query = new Uint16Array(documents);
  const [first, ...others] = matrix;
  const cosine = Float64Array.from(first ?? []);
  for (const [i, row] of others.entries()) {
    for (let document = 0; document < documents; document++) {
      const candidate = row[document] as number;
      if (candidate <= (cosine[document] as number)) continue;
      cosine[document] = candidate;
      query[document] = i + 1;
    }
  }
  return { query, cosine };
}

/** The places of numbers, the highest number first; equal ones in their order. */
function descending(numbers: Float64Array): Uint16Array {
  return new Uint16Array(numbers.length)
    .map((_, i) => i)
    .sort((a, b) => (numbers[b] as number) - (numbers[a] as number) || a - b);
}

interface Listed {
  readonly model: string;
  readonly matrix: readonly Float64Array[];
  readonly nearest: Nearest;
  readonly topN: number;
  readonly scale: number | undefined;
  readonly isList: boolean;
  readonly documentAt: ((index: number) => unknown) | undefined;
  readonly usage: ReturnType<typeof usageOf>;
}

/** The answer as text: by hand, since its numbers are most of the cost of a warm request. */
function* pieces({ model, matrix, nearest, topN, scale, isList, documentAt, usage }: Listed) {
  yield `{"object":"list","model":${JSON.stringify(model)},"results":[`;
  let separator = '';
  for (const index of descending(nearest.cosine).subarray(0, topN)) {
    const cosine = nearest.cosine[index] as number;
    const number = decimal(cosine);
    const score = cosine > 0 ? number : '0';
    const logit = scale === undefined ? 'null' : decimal(scale * cosine);
    let result = `${separator}{"index":${index}`;
    if (isList) result += `,"query_index":${nearest.query[index]}`;
    result += `,"relevance_score":${score},"cosine":${number},"logit":${logit}`;
    if (documentAt) result += `,"document":${JSON.stringify(documentAt(index))}`;
    yield `${result}}`;
    separator = ',';
  }
  yield ']';
  if (isList) {
    yield ',"matrix":[';
    separator = '';
    for (const row of matrix) {
      yield `${separator}[${Array.from(row, decimal).join(',')}]`;
      separator = ',';
    }
    yield ']';
  }
  yield `,"usage":${JSON.stringify(usage)}}`;
}
