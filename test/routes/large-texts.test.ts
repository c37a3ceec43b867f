import { describe, expect, it } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { ClipHost } from '../support/clip-host.ts';
import { ask, bindings, errorOf, ORIGIN, serve } from '../support/worker.ts';

/** Long texts of a body of more than 2 MiB stay in its bytes. Nothing of this may show. */

const JSON_TYPE = { 'content-type': 'application/json' };
const LENGTH = 300_000;
const KINDS = ['plain text ', 'line\n"quoted" \\ and \ttab ', 'l’été 😀 ', '日本語の文章', '\ufeffmark '];
const TEXTS = Array.from({ length: 10 }, (_, i) =>
  `${i} ${KINDS[i % KINDS.length]}`.repeat(LENGTH).slice(0, LENGTH / 2),
);

interface Result {
  readonly index: number;
  readonly relevance_score: number;
  readonly document?: unknown;
}

async function results(
  path: string,
  json: object,
  headers = {},
): Promise<{ results: Result[]; status: string | null }> {
  const answer = await ask(path, { json: { model: 'clip', ...json }, headers });
  expect(answer.status, (await answer.clone().text()).slice(0, 300)).toBe(200);
  const { results } = (await answer.json()) as { results: Result[] };
  return { results, status: answer.headers.get('cache-status') };
}

describe('large texts', () => {
  it('reach the host as they are, and have one vector, also escaped in another way', async () => {
    const host = new ClipHost();
    serve({ [ORIGIN]: host.answer });
    const json = JSON.stringify({ model: 'clip', input: [...TEXTS, { text: TEXTS[3] }, 'short'] });
    expect((await ask('/v1/embeddings', { body: json, headers: JSON_TYPE })).status).toBe(200);
    expect(host.seen).toEqual([...TEXTS, 'short'].map((text) => `text:${text}`));
    const escaped = json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const again = await ask('/v1/embeddings', { body: escaped, headers: JSON_TYPE });
    expect(again.headers.get('cache-status')).toContain('hits=12 misses=0');
  });

  it('have the vectors that the same texts have in smaller bodies', async () => {
    const host = new ClipHost();
    serve({ [ORIGIN]: host.answer });
    const [first = ''] = TEXTS;
    await ask('/v1/embeddings', { json: { model: 'clip', input: first } });
    resetIsolate('vectors');
    await ask('/v1/embeddings', { json: { model: 'clip', input: TEXTS } });
    expect(host.seen.filter((text) => text === `text:${first}`)).toHaveLength(1);
  });

  it('are never taken for the text that is their digest', async () => {
    const host = new ClipHost();
    serve({ [ORIGIN]: host.answer });
    const [first = ''] = TEXTS;
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(first));
    const digest = new Uint8Array(hash).toBase64({ alphabet: 'base64url', omitPadding: true });
    await ask('/v1/embeddings', { json: { model: 'clip', input: TEXTS } });
    await ask('/v1/embeddings', { json: { model: 'clip', input: digest } });
    expect(host.seen).toContain(`text:${digest}`);
  });

  it('are found again as a set, by one read', async () => {
    serve({ [ORIGIN]: new ClipHost().answer });
    const settings = { KV_WRITES_PER_REQUEST: '2' };
    const json = { model: 'clip', query: 'what', documents: TEXTS };
    await ask('/v1/similarity', { json, settings });
    const { keys } = await bindings.EMBEDDINGS.list({ prefix: 'embedding-set:' });
    expect(keys).toHaveLength(1);
    resetIsolate('vectors');
    const { status } = await results('/v1/similarity', { query: 'what', documents: TEXTS.toReversed() });
    expect(status).toContain('hits=11 misses=0');
  });

  it('are found again, as short ones are, if their set has more than a megabyte', async () => {
    const host = new ClipHost(512);
    serve({ 'https://llm.example.com': host.answer });
    const settings = { OPENAI_BASE_URL: 'https://llm.example.com/v1', KV_WRITES_PER_REQUEST: '2' };
    const input = Array.from({ length: 600 }, (_, i) => `text ${i}`);
    const json = { model: 'openai/vectors', input };
    const first = await (await ask('/v1/embeddings', { json, settings })).json();
    const value = await bindings.EMBEDDINGS.list({ prefix: 'embedding-set:' });
    expect(value.keys).toHaveLength(1);
    resetIsolate('vectors');
    const again = await ask('/v1/embeddings', { json, settings });
    expect(again.headers.get('cache-status')).toContain('hits=600 misses=0');
    const { data } = (await again.json()) as { data: unknown };
    expect(data).toEqual((first as { data: unknown }).data);
  });

  it.each(['/v1/similarity', '/v1/rerank'])('come back as they were sent: %s', async (path) => {
    serve({ [ORIGIN]: new ClipHost().answer });
    const documents = TEXTS.map((text, i) => (i % 2 ? { text, title: TEXTS[i - 1] } : text));
    const sent = path === '/v1/rerank' ? documents : TEXTS;
    const { results: all } = await results(path, { query: TEXTS[4], documents: sent, return_documents: true });
    expect(all).toHaveLength(TEXTS.length);
    expect(all[0]).toMatchObject({ index: 4, relevance_score: expect.closeTo(1, 5) });
    for (const { index, document } of all) {
      const text = sent[index];
      const expected = path === '/v1/rerank' && typeof text === 'string' ? { text } : text;
      expect(JSON.stringify(document) === JSON.stringify(expected), `${index}`).toBe(true);
    }
  });

  it('are joined, if a reranker is to compare several fields', async () => {
    const host = new ClipHost();
    serve({ [ORIGIN]: host.answer });
    const documents = [0, 2, 4, 6].map((i) => ({ text: TEXTS[i], title: TEXTS[i + 1] }));
    await results('/v1/rerank', { query: 'what', documents, rank_fields: ['title', 'text'] });
    expect(host.seen).toContain(`text:${TEXTS[1]}\n${TEXTS[0]}`);
  });

  it('are no labels that a template does not find', async () => {
    const host = new ClipHost();
    serve({ [ORIGIN]: host.answer });
    const json = { model: 'clip', input: 'a cat', labels: TEXTS, hypothesis_template: 'this is {}' };
    expect((await ask('/v1/classify', { json })).status).toBe(200);
    expect(host.seen).toContain(`text:this is ${TEXTS[2]}`);
  });
});

describe('a malformed large text', () => {
  const long = 'x'.repeat(3_000_000);
  const body = (content: string | Uint8Array) => new Blob(['{"model":"clip",\n"input":["', long, content, '"]}']);

  it.each([
    ['a control character', body('\u0001'), 'line 2'],
    ['a bad escape', body('\\x'), 'line 2'],
    ['half an escape', body('\\u00'), 'line 2'],
    ['invalid UTF-8', body(new Uint8Array([0xc3])), 'UTF-8'],
    ['invalid UTF-8 that looks like a surrogate', body(new Uint8Array([0xed, 0xa0, 0x80])), 'UTF-8'],
  ])('is no JSON: %s', async (_, content, place) => {
    serve({});
    const answer = await ask('/v1/embeddings', { body: content, headers: JSON_TYPE });
    const { code, message } = await errorOf(answer);
    expect(code).toBe('invalid_json');
    expect(message).toContain(place);
  });

  it('is too large, together with others', async () => {
    serve({});
    const input = Array.from({ length: 3 }, (_, i) => `${i}${'x'.repeat(2_000_000)}`);
    const answer = await ask('/v1/embeddings', { json: { model: 'clip', input } });
    expect(await errorOf(answer)).toMatchObject({ code: 'body_too_large' });
  });
});
