import { createCohere } from '@ai-sdk/cohere';
import { rerank } from 'ai';
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';

let stack: Gateway;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const query = 'a photo of a cat';
const documents = ['a boat', 'a cat', 'a house'];

describe('cohere-ai', () => {
  const options = () => ({ environment: stack.url, token: LOCAL_KEY });

  test('reranks by version 2', async () => {
    const { id, results, meta } = await new CohereClientV2(options()).rerank({ model: 'embed', query, documents });
    expect(id).toMatch(/^[\w-]{36}$/);
    expect(results.map(({ index }) => index)[0]).toBe(1);
    expect(results).toHaveLength(3);
    expect(meta?.tokens?.inputTokens).toBeGreaterThan(0);
  });

  test('reranks by version 1, objects too', async () => {
    const { results } = await new CohereClient(options()).v2.rerank({ model: 'embed', query, documents, topN: 1 });
    expect(results).toEqual([expect.objectContaining({ index: 1, relevanceScore: expect.any(Number) })]);
    const objects = documents.map((title) => ({ title, text: 'a drawing' }));
    const byTitle = await new CohereClient(options()).rerank({
      model: 'embed',
      query,
      documents: objects,
      rankFields: ['title'],
      topN: 1,
      returnDocuments: true,
      maxChunksPerDoc: 10,
    });
    expect(byTitle.results).toEqual([
      expect.objectContaining({ index: 1, relevanceScore: results[0]?.relevanceScore }),
    ]);
    expect(byTitle.results[0]?.document).toMatchObject({ text: 'a drawing' });
  });

  test('throws with the message of the API', async () => {
    const client = new CohereClientV2(options());
    const refused = client.rerank({ model: 'nobody', query, documents }, { maxRetries: 0 });
    await expect(refused).rejects.toMatchObject({
      statusCode: 404,
      body: { message: expect.stringContaining('There is no model') },
    });
  });
});

describe('ai with @ai-sdk/cohere', () => {
  const model = (name: string) => createCohere({ baseURL: `${stack.url}/v2`, apiKey: LOCAL_KEY }).reranking(name);

  test('reranks', async () => {
    const { ranking } = await rerank({ model: model('embed'), query, documents, topN: 2 });
    expect(ranking.map(({ document }) => document)[0]).toBe('a cat');
    expect(ranking).toHaveLength(2);
  });

  test('throws with the message of the API', async () => {
    const refused = rerank({ model: model('nobody'), query, documents, maxRetries: 0 });
    await expect(refused).rejects.toThrow('There is no model with this name');
  });
});

/** Jina has no client of its own; frameworks send this request. */
test("Jina's request gets Jina's answer", async () => {
  const ask = (body: object) =>
    fetch(`${stack.url}/v1/rerank`, {
      method: 'POST',
      headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((answer) => answer.json());
  expect(await ask({ model: 'clip', query, documents: [{ text: 'a boat' }, 'a cat'], top_n: 1 })).toMatchObject({
    model: 'tiny-clip',
    usage: { total_tokens: expect.any(Number) },
    results: [{ index: 1, relevance_score: expect.any(Number), document: { text: 'a cat' } }],
  });
  expect(await ask({ model: 'nobody', query, documents })).toMatchObject({
    detail: expect.stringContaining('There is no model'),
  });
});
