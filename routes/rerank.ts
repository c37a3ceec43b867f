import * as z from 'zod/mini';
import { jsonAnswer } from '../src/base/bytes/json-pieces.ts';
import { ApiError, type ErrorShape } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_ITEMS, MAX_ITEMS_BODY_BYTES } from '../src/base/sizes.ts';
import type { EmbeddingInput } from '../src/call/tasks.ts';
import { isRankedByHost } from '../src/hosts/models/resolve.ts';
import { firstThatAnswers } from '../src/hosts/upstream/fallback.ts';
import { itemSchema, readItems } from '../src/intake/items.ts';
import { type Route, route, runRoute } from '../src/route.ts';
import { asSent, flag, modelName, topFields, topOf } from './fields.ts';
import { similarity, similarityRequest } from './similarity.ts';

/**
 * The requests of Cohere (v1 and v2), of Jina and of Voyage. Cohere's limits on the length of a document have
 * no effect: a model reads as much of a text as it can. Sources: https://docs.cohere.com/reference/rerank,
 * https://jina.ai/reranker
 */
export const rerankRequest = lazy(() =>
  z.looseObject({
    model: modelName(),
    query: itemSchema(),
    documents: z
      .array(z.union([z.string(), z.looseObject({})], { error: 'must be a string or an object' }))
      .check(z.minLength(1), z.maxLength(MAX_ITEMS)),
    ...topFields(Number.MAX_SAFE_INTEGER),
    return_documents: flag(),
    rank_fields: z.optional(z.nullable(z.array(z.string()).check(z.minLength(1)))),
  }),
);

type RerankRequest = z.infer<ReturnType<typeof rerankRequest>>;
type Document = RerankRequest['documents'][number];

interface Similar {
  readonly model: string;
  readonly results: readonly { readonly index: number; readonly relevance_score: number }[];
  readonly usage: { readonly prompt_tokens: number };
  readonly scores?: 'host';
}

/** Cohere's clients read `message`, and Jina's `detail`. */
const errorShape: ErrorShape = (error) => ({ body: { message: error.message, detail: error.message, error } });

/**
 * POST /v1/rerank, and the other paths of the clients: documents by their relevance to a query, the most
 * relevant first. The relevance is that of /v1/similarity, max(0, cosine), and not that of a cross-encoder;
 * at a host that ranks itself it is the host's own score.
 */
const rerank = (path: string) =>
  route({
    method: 'POST',
    path,
    access: 'embeddings',
    schema: rerankRequest,
    reaches: ['embedding', 'text-ranking'],
    pictures: { field: 'query', lists: ['documents'] },
    maxBytes: MAX_ITEMS_BODY_BYTES,
    errorShape,
    async run({ model, query, documents, return_documents, rank_fields, ...top }, call) {
      // Each once: repeated fields would make a document larger than the body.
      const fields = rank_fields && [...new Set(rank_fields)];
      const items = documents.map((document, i) =>
        fields ? itemOf(asSent(document, call.large) as Document, fields, `documents[${i}]`) : document,
      );
      const body = { model, query, documents: items, top_n: Math.min(topOf(top) ?? MAX_ITEMS, MAX_ITEMS) };
      const route = isRankedByHost(model, call.settings) ? hostRanking : similarity;
      const answer = await runRoute(route, body, call);
      const similar = (await answer.json()) as Similar;
      const returned = return_documents ?? documents.every(isText);
      const sent = (index: number) => asSent(documentOf(documents[index] as Document), call.large);
      return jsonAnswer(pieces(similar, returned ? sent : undefined), Object.fromEntries(answer.headers));
    },
  });

/** The same by a host that ranks itself. Only this route runs it. */
const hostRanking = route({
  method: 'POST',
  path: '/v1/rerank',
  access: 'embeddings',
  schema: similarityRequest,
  tasks: ['text-ranking'],
  async run({ query, documents, ...top }, call) {
    const { model } = call;
    const [first, ...others] = [
      ...textsIn(readItems(query, 'query', call)),
      ...textsIn(readItems(documents, 'documents', call)),
    ] as [EmbeddingInput, ...EmbeddingInput[]];
    const request = { query: first, documents: others, topN: topOf(top) ?? others.length };
    const { results, promptTokens } = await firstThatAnswers(model, call, (target, call) => target.rank(request, call));
    if (promptTokens > 0) call.outcome.addTokens({ prompt: promptTokens, completion: 0 });
    const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
    const ranked = results.map(({ index, score }) => ({ index, relevance_score: score }));
    return Response.json({ model: model.id, results: ranked, usage, scores: 'host' });
  },
});

/** @throws ApiError `unsupported_parameter` for a picture */
function textsIn({ items, placeOf }: ReturnType<typeof readItems>): EmbeddingInput[] {
  return items.map((item, i) => {
    if (item.kind === 'text') return item;
    const param = placeOf(i);
    throw new ApiError('unsupported_parameter', `The host ranks text only; \`${param}\` is a picture.`, { param });
  });
}

/**
 * Cohere's clients of both versions, and Jina's, whose base URL ends with `/v1`; those of other rerankers
 * have none.
 */
export const rerankRoutes: readonly Route[] = ['/v1/rerank', '/v2/rerank', '/rerank'].map(rerank);

/** @param documentAt if they are returned: together they can be as large as the request */
function* pieces({ model, results, usage, scores }: Similar, documentAt?: (index: number) => unknown) {
  yield `{"id":"${crypto.randomUUID()}","object":"list","model":${JSON.stringify(model)},"results":[`;
  let separator = '';
  for (const { index, relevance_score } of results) {
    yield separator + JSON.stringify({ index, relevance_score, document: documentAt?.(index) });
    separator = ',';
  }
  const tokens = { input_tokens: usage.prompt_tokens, output_tokens: 0 };
  const meta = { api_version: { version: '2' }, tokens };
  const whose = scores ? `,"scores":"${scores}"` : '';
  yield `],"usage":${JSON.stringify(usage)},"meta":${JSON.stringify(meta)}${whose}}`;
}

/** What is compared: of an object with any fields, those of `rank_fields`, one below the other. */
function itemOf(document: Document, fields: readonly string[], path: string): string {
  if (typeof document === 'string') return document;
  return fields
    .map((name) => {
      const text = document[name];
      if (typeof text === 'string') return text;
      const param = `${path}.${name}`;
      throw new ApiError('invalid_parameter', `\`${param}\` must be a string, since \`rank_fields\` names it.`, {
        param,
      });
    })
    .join('\n');
}

const isText = (document: Document) => typeof document === 'string' || typeof document.text === 'string';
const documentOf = (document: Document) => (typeof document === 'string' ? { text: document } : document);
