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
