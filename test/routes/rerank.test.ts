import { describe, expect, it } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { bearer, createKey } from '../support/keys.ts';
import { PNG, pngOf } from '../support/pictures.ts';
import { ask, ORIGIN, serve } from '../support/worker.ts';

interface Reranked {
  model: string;
  results: { index: number; relevance_score: number; document?: Record<string, unknown> }[];
  usage: object;
}

async function rerank(json: object, path = '/v1/rerank'): Promise<Reranked> {
  const answer = await ask(path, { json: { model: 'clip', query: 'cat', ...json } });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json();
}

const documents = ['boat', 'cat', 'a house'];

describe('reranking', () => {
  it.each(['/v1/rerank', '/v2/rerank', '/rerank'])(
    'sorts documents by the relevance of similarity: %s',
    async (path) => {
      serve({ [ORIGIN]: new ClipHost().answer });
      const answer = await rerank({ documents }, path);
      const similar = await ask('/v1/similarity', { json: { query: 'cat', documents } });
      const { results } = (await similar.json()) as Reranked;
      expect(answer).toEqual({
        id: expect.any(String),
        object: 'list',
        model: 'tiny-clip',
        results: results.map(({ index, relevance_score }) => ({
          index,
          relevance_score,
          document: { text: documents[index] },
        })),
        usage: { prompt_tokens: 9, total_tokens: 9, cache_hits: 1, cache_misses: 3 },
        meta: { api_version: { version: '2' }, tokens: { input_tokens: 9, output_tokens: 0 } },
      });
      expect(answer.results[0]).toMatchObject({ index: 1, relevance_score: expect.closeTo(1, 6) });
    },
  );

  it('returns the first ones, also if more are asked for than there are', async () => {
    serve({ [ORIGIN]: new ClipHost().answer });
    expect((await rerank({ documents, top_n: 1 })).results).toHaveLength(1);
    expect((await rerank({ documents, top_n: 1_000_000 })).results).toHaveLength(3);
    expect((await rerank({ documents, top_k: 2 })).results).toHaveLength(2);
  });

  it('returns documents unless they are pictures, or as asked', async () => {
    serve({ [ORIGIN]: new ClipHost().answer });
    const image = pngOf(10, 10, 'x'.repeat(3_000_000)).toBase64();
    const returned = async (json: object) => (await rerank(json)).results.map(({ document }) => document);
    expect(await returned({ documents: [{ text: 'cat', id: 7 }] })).toEqual([{ text: 'cat', id: 7 }]);
    expect(await returned({ documents, return_documents: false })).toEqual([undefined, undefined, undefined]);
    expect(await returned({ documents: [{ image }] })).toEqual([undefined]);
    // A picture of this size is held outside of the body.
    expect(await returned({ documents: [{ image }], return_documents: true })).toEqual([{ image }]);
  });

  it('takes pictures on both sides', async () => {
    const host = new ClipHost();
    serve({ [ORIGIN]: host.answer });
    await rerank({ query: { image: PNG.toBase64() }, documents: [{ image: PNG.toBase64() }, 'cat'] });
    expect(host.seen.sort()).toEqual([`image:${PNG.toBase64()}`, 'text:cat']);
    const path = '/v1/rerank?model=clip&documents=cat';
    const raw = await ask(path, { body: PNG, headers: { 'content-type': 'image/png' } });
    expect(await raw.json()).toMatchObject({ results: [{ index: 0, document: { text: 'cat' } }] });
  });

  it('compares the fields that are named', async () => {
    const host = new ClipHost();
    serve({ [ORIGIN]: host.answer });
    const books = [{ title: 'Cats', by: 'Anna', text: 'about cats' }];
    const { results } = await rerank({ documents: books, rank_fields: ['by', 'title', 'by', 'by'] });
    expect(host.seen).toContain('text:Anna\nCats');
    expect(results[0]?.document).toEqual(books[0]);
    // `text` is the field by default.
    await rerank({ documents: books });
    expect(host.seen).toContain('text:about cats');
  });
});

describe('a request at fault', () => {
  it.each([
    [{ model: undefined, documents }, 'model'],
    [{ query: undefined, documents }, 'query'],
    [{ query: '', documents }, 'query'],
    [{}, 'documents'],
    [{ documents: [] }, 'documents'],
    [{ documents: [1] }, 'documents[0]'],
    [{ documents: ['a', ''] }, 'documents[1]'],
    [{ documents: ['a', { title: 'x' }] }, 'documents[1]'],
    [{ documents: [{ title: 1 }], rank_fields: ['title'] }, 'documents[0].title'],
    [{ documents, rank_fields: [] }, 'rank_fields'],
    [{ documents, top_n: 0 }, 'top_n'],
    [{ documents, return_documents: 'yes' }, 'return_documents'],
  ])('names its field: %j', async (json, param) => {
    const answer = await ask('/v1/rerank', { json: { model: 'clip', query: 'cat', ...json } });
    const { error, message, detail } = (await answer.json()) as Record<string, Record<string, string>>;
    expect([answer.status, error?.param]).toEqual([400, param]);
    // Where Cohere's and Jina's clients look for it.
    expect([message, detail]).toEqual([error?.message, error?.message]);
    expect(message).toContain(`\`${param}\``);
  });
});

describe('a caller', () => {
  it('needs the scope and the model, and pays for one request', async () => {
    serve({ [ORIGIN]: new ClipHost().answer });
    const statusFor = async (headers: Record<string, string>) =>
      (await ask('/v2/rerank', { json: { model: 'clip', query: 'cat', documents }, headers })).status;
    expect(await statusFor(bearer('sk-wrong'))).toBe(401);
    expect(await statusFor(bearer(await createKey({ scopes: ['text'] })))).toBe(403);
    expect(await statusFor(bearer(await createKey({ models: ['tiny-text'] })))).toBe(403);
    const once = bearer(await createKey({ limits: { requests_per_day: 1 } }));
    expect([await statusFor(once), await statusFor(once)]).toEqual([200, 429]);
  });
});

describe('a host that ranks itself', () => {
  const HOST = 'https://llm.example.com/v1';
  const HOST_OPTIONS = JSON.stringify({ 'openai/ranker': { rerank: true } });
  const settings = { OPENAI_BASE_URL: HOST, HOST_OPTIONS };
  const ranking = [
    { index: 2, relevance_score: 1.5 },
    { index: 0, relevance_score: -0.25 },
    { index: 1, relevance_score: -4 },
  ];
  const rank = (json: object, more: Parameters<typeof ask>[1] = {}) =>
    ask('/v1/rerank', { json: { model: 'openai/ranker', query: 'cat', documents, ...json }, settings, ...more });

  it.each([
    ['llama.cpp', { object: 'list', results: ranking.toReversed(), usage: { prompt_tokens: 12, total_tokens: 12 } }],
    [
      'vLLM',
      {
        id: 'r',
        results: ranking.map((result) => ({ ...result, document: { text: 'x' } })),
        usage: { total_tokens: 12 },
      },
    ],
  ])('is asked, and its scores are returned as they are: %s', async (_, answer) => {
    const { requests } = serve({ [`${HOST}/rerank`]: () => Response.json(answer) });
    const got = await rank({ top_n: 2 });
    expect(got.status).toBe(200);
    expect(got.headers.get('x-cedalion-target')).toBe('openai/ranker');
    expect(await got.json()).toMatchObject({
      model: 'openai/ranker',
      scores: 'host',
      results: [
        { index: 2, relevance_score: 1.5, document: { text: 'a house' } },
        { index: 0, relevance_score: -0.25, document: { text: 'boat' } },
      ],
      usage: { prompt_tokens: 12 },
    });
    expect(await requests[0]?.json()).toEqual({ model: 'ranker', query: 'cat', documents, return_documents: false });
  });

  it('can answer with a list of scores, as Text Embeddings Inference does', async () => {
    serve({
      [HOST]: () =>
        Response.json([
          { index: 1, score: 0.9 },
          { index: 0, score: 0.1 },
          { index: 2, score: 0.2 },
        ]),
    });
    const { results } = (await (await rank({})).json()) as Reranked;
    expect(results.map(({ index }) => index)).toEqual([1, 2, 0]);
  });

  it('is not asked for a model that the operator has not named', async () => {
    const { requests } = serve({ [HOST]: () => Response.json({ data: [] }) });
    await rank({ model: 'openai/other' });
    expect(requests[0]?.url).toBe(`${HOST}/embeddings`);
  });

  it('gets the fields of objects that are compared, and no pictures', async () => {
    const { requests } = serve({
      [HOST]: () => Response.json({ results: ranking.slice(0, 1).map((result) => ({ ...result, index: 0 })) }),
    });
    expect((await rank({ documents: [{ title: 'a', body: 'b' }], rank_fields: ['title', 'body'] })).status).toBe(200);
    expect(await requests[0]?.json()).toMatchObject({ documents: ['a\nb'] });
    const refused = await rank({ documents: [{ image: PNG.toBase64() }] });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: 'documents[0]' } });
  });

  it.each([
    ['of another shape', { hello: 1 }],
    ['without a score for each document', { results: ranking.slice(1) }],
    ['with an index twice', { results: [ranking[0], ranking[0], ranking[1]] }],
    ['with a score that is none', { results: ranking.map((result) => ({ ...result, relevance_score: 'high' })) }],
    [
      'with an index that is out of range',
      { results: ranking.map((result) => ({ ...result, index: result.index + 1 })) },
    ],
  ])('that answers %s has failed', async (_, answer) => {
    serve({ [HOST]: () => Response.json(answer) });
    expect(await (await rank({})).json()).toMatchObject({ error: { code: 'upstream_invalid_answer' } });
  });

  it('is forwarded large texts, each as it came', async () => {
    const text = 'ä'.repeat(1_200_000);
    const { requests } = serve({
      [HOST]: () => Response.json({ results: ranking.slice(0, 1).map((result) => ({ ...result, index: 0 })) }),
    });
    expect((await rank({ documents: [text] })).status).toBe(200);
    expect(await requests[0]?.json()).toMatchObject({ documents: [text] });
  });
});
