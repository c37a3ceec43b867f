import { describe, expect, it } from 'vitest';
import { ClipHost, vectorFor } from '../support/clip-host.ts';
import { PNG } from '../support/pictures.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

const EMBED = `${ORIGIN}/embeddings`;
const cosine = async (a: string, b: string) => {
  const [x, y] = [await vectorFor(a, 96), await vectorFor(b, 96)];
  return x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
};

interface Answer {
  results: {
    index: number;
    query_index?: number;
    relevance_score: number;
    cosine: number;
    logit: number;
    document?: unknown;
  }[];
  matrix?: number[][];
  usage: object;
}

async function compare(json: object, more: object = {}): Promise<Answer> {
  const answer = await ask('/v1/similarity', { json, ...more });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return (await answer.json()) as Answer;
}

describe('similarity', () => {
  it('sorts documents by cosine, with score and logit', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { results } = await compare({ model: 'clip', query: 'q', documents: ['a', 'b', { image: PNG.toBase64() }] });
    const expected = await Promise.all(
      ['text:a', 'text:b', `image:${PNG.toBase64()}`].map((document) => cosine('text:q', document)),
    );
    expect(results.map((result) => result.cosine)).toEqual(
      results.map((result) => result.cosine).toSorted((x, y) => y - x),
    );
    const { logit_scale } = (await (await ask('/v1/models/tiny-clip')).json()) as { logit_scale: number };
    for (const { index, cosine: got, relevance_score, logit } of results) {
      expect(got).toBeCloseTo(expected[index] ?? 9, 5);
      expect(relevance_score).toBe(Math.max(0, got));
      expect(logit).toBeCloseTo(logit_scale * got, 4);
    }
  });

  it('uses the alias clip by default', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    expect((await compare({ query: 'q', documents: ['a'] })).results).toHaveLength(1);
  });

  it('returns only the nearest, with their documents, on request', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const documents = ['a', { type: 'text', text: 'b' }, 'c'];
    const { results } = await compare({ query: 'q', documents, top_n: 2, return_documents: true });
    expect(results).toHaveLength(2);
    for (const { index, document } of results) expect(document).toEqual(documents[index]);
  });

  it('returns the matrix for several queries, and the nearest query of each document', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { results, matrix } = await compare({ query: ['p', 'q'], documents: ['a', 'b', 'c'] });
    expect(matrix?.map((row) => row.length)).toEqual([3, 3]);
    expect(matrix?.[1]?.[2]).toBeCloseTo(await cosine('text:q', 'text:c'), 5);
    for (const { index, query_index, cosine: got } of results) {
      expect(got).toBe(Math.max(matrix?.[0]?.[index] ?? -9, matrix?.[1]?.[index] ?? -9));
      expect(matrix?.[query_index ?? -1]?.[index]).toBe(got);
    }
  });

  it('accepts a raw picture as the query, with documents in the query string', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const answer = await ask('/v1/similarity?documents=a%20cat&documents=7', {
      body: PNG,
      headers: { 'content-type': 'image/png' },
    });
    const { results } = (await answer.json()) as Answer;
    expect(results.find(({ index }) => index === 1)?.cosine).toBeCloseTo(
      await cosine(`image:${PNG.toBase64()}`, 'text:7'),
      5,
    );
  });

  it('makes no request if everything is cached', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    await compare({ query: 'q', documents: ['a', 'b'] });
    const { usage } = await compare({ query: 'b', documents: ['q', 'a'] });
    expect(usage).toMatchObject({ cache_hits: 3, cache_misses: 0 });
    expect(host.requests).toBe(1);
  });

  it.each([
    [{ documents: ['a'] }, 'query'],
    [{ query: 'q' }, 'documents'],
    [{ query: 'q', documents: [] }, 'documents'],
    [{ query: 'q', documents: 'a' }, 'documents'],
    [{ query: 'q', documents: ['a', '', 'b'] }, 'documents[1]'],
    [{ query: 'q', documents: ['a', 5] }, 'documents[1]'],
    [{ query: [], documents: ['a'] }, 'query'],
    [{ query: 'q', documents: ['a'], top_n: 0 }, 'top_n'],
    [{ query: 'q', documents: ['a'], return_documents: 1 }, 'return_documents'],
    [{ query: 'q', documents: ['a'], model: 7 }, 'model'],
  ])('names the parameter of %j', async (json, param) => {
    serve({});
    const got = await ask('/v1/similarity', { json });
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param });
  });

  it('names the invalid picture', async () => {
    serve({});
    const got = await ask('/v1/similarity', { json: { query: 'q', documents: ['a', 'b', 'c', { image: 'AAAA' }] } });
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_picture', param: 'documents[3]' });
  });

  it('counts queries and documents together', async () => {
    serve({});
    const got = await ask('/v1/similarity', {
      json: { query: Array(1500).fill('q'), documents: Array(1500).fill('d') },
    });
    expect((await errorOf(got)).message).toContain('2048');
  });
});

describe('a large comparison', () => {
  const texts = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name} ${i}`);

  it('of 100,000 pairs is answered', async () => {
    serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const json = { query: texts(100, 'query'), documents: texts(1000, 'document'), top_n: 3 };
    const answer = (await (await ask('/v1/similarity', { json })).json()) as { matrix: number[][]; results: object[] };
    expect(answer.results).toHaveLength(3);
    expect(answer.matrix).toHaveLength(100);
    expect(answer.matrix.every((row) => row.length === 1000)).toBe(true);
  });

  it('of more pairs is rejected with the limit', async () => {
    serve({});
    const json = { query: texts(101, 'query'), documents: texts(1000, 'document') };
    const got = await ask('/v1/similarity', { json });
    expect(got.status).toBe(400);
    const error = await errorOf(got);
    expect(error).toMatchObject({ code: 'invalid_parameter', param: 'query' });
    expect(error.message).toContain('100000');
  });
});
