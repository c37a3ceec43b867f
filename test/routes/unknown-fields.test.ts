import { describe, expect, it, vi } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { saying } from '../support/hub.ts';
import { PNG } from '../support/pictures.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

/** One rule for fields that a route does not know, on every route that does not forward them. */

const hosts = () => ({
  [`${ORIGIN}/embeddings`]: new ClipHost().answer,
  [`${ORIGIN}/v1/chat/completions`]: saying('yes'),
  [`${ORIGIN}/models/tiny-image`]: () => new Response(PNG, { headers: { 'content-type': 'image/png' } }),
});

const parameters = { candidate_labels: ['a', 'b'] };

describe('a field that a route does not know', () => {
  it.each([
    ['/v1/embeddings', { model: 'clip', input: 'a' }],
    ['/v1/similarity', { model: 'clip', query: 'a', documents: ['b'] }],
    ['/v1/rerank', { model: 'clip', query: 'a', documents: ['b'] }],
    ['/v1/classify', { model: 'clip', input: 'a', labels: ['b', 'c'] }],
    ['/v1/images/generations', { model: 'tiny-image', prompt: 'a house' }],
    ['/models/clip', { inputs: 'a', parameters }],
    ['/models/clip', { inputs: 'a' }],
  ])('is named in a header and in the log: %s', async (path, json) => {
    serve(hosts());
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    const unknown = { some_option: 1, another: 'x', 'with\nline': 1, ['x'.repeat(80)]: 1 };
    const answer = await ask(path, { json: { ...json, ...unknown } });
    expect(answer.status, await answer.text()).toBe(200);
    expect(answer.headers.get('x-cedalion-ignored')).toBe('some_option, another, ?');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ ignored: ['some_option', 'another', '?'] });
    const clean = await ask(path, { json });
    expect(clean.headers.get('x-cedalion-ignored')).toBeNull();
  });

  it.each(['/v1/runs', '/v1/usage'])('is named for a query string, too: %s', async (path) => {
    const answer = await ask(`${path}?some_option=1`);
    expect(answer.headers.get('x-cedalion-ignored')).toBe('some_option');
  });

  it('is named by a recorded run', async () => {
    serve(hosts());
    const answer = await ask('/v1/embeddings', {
      json: { model: 'clip', input: 'a', some_option: 1 },
      headers: { 'idempotency-key': crypto.randomUUID() },
    });
    expect(answer.status, await answer.text()).toBe(200);
    expect(answer.headers.get('x-cedalion-ignored')).toBe('some_option');
  });

  it('is forwarded, and not named, by a route that forwards', async () => {
    const { requests } = serve(hosts());
    const json = { model: 'tiny-text', messages: [{ role: 'user', content: 'a' }], topP: 1, some_option: 1 };
    const answer = await ask('/v1/chat/completions', { json });
    expect(answer.headers.get('x-cedalion-ignored')).toBeNull();
    expect(await requests[0]?.json()).toMatchObject({ topP: 1, some_option: 1 });
  });
});

describe('a name that is nearly that of a field', () => {
  it.each([
    ['/v1/embeddings', { model: 'clip', inputs: 'a' }, 'inputs', 'input'],
    ['/v1/embeddings', { model: 'clip', input: 'a', dimension: 8 }, 'dimension', 'dimensions'],
    ['/v1/embeddings', { model: 'clip', input: 'a', encodingFormat: 'float' }, 'encodingFormat', 'encoding_format'],
    ['/v1/embeddings', { model: 'clip', texts: ['a'] }, 'texts', 'input'],
    ['/v1/embeddings', { modle: 'clip', input: 'a' }, 'modle', 'model'],
    ['/v1/similarity', { model: 'clip', query: 'a', document: ['b'] }, 'document', 'documents'],
    ['/v1/similarity', { model: 'clip', query: 'a', documents: ['b'], topK: 1 }, 'topK', 'top_k'],
    ['/v1/similarity', { model: 'clip', query: 'a', documents: ['b'], limit: 1 }, 'limit', 'top_n'],
    ['/v1/rerank', { model: 'clip', query: 'a', passages: ['b'] }, 'passages', 'documents'],
    ['/v1/classify', { input: 'a', candidate_labels: ['b'] }, 'candidate_labels', 'labels'],
    ['/v1/classify', { input: 'a', labels: ['b'], 'multi-label': true }, 'multi-label', 'multi_label'],
    ['/v1/images/generations', { prompt: 'a', width: 256 }, 'width', 'size'],
    ['/v1/images/generations', { prompt: 'a', sead: 1 }, 'sead', 'seed'],
    ['/v1/client_secrets', { user: 'u1' }, 'user', 'subject'],
    ['/v1/classifiers', { exmaples: [] }, 'exmaples', 'examples'],
    ['/v1/webhook_endpoints', { uri: 'https://hooks.example.com/' }, 'uri', 'url'],
    ['/v1/prompts/translate', { variable: {} }, 'variable', 'variables'],
  ])('is an error that says which: %s %j', async (path, json, param, field) => {
    serve({});
    expect(await errorOf(await ask(path, { json }))).toEqual({
      code: 'invalid_parameter',
      type: 'invalid_request_error',
      param,
      message: `\`${param}\` is not a field of this request. Did you mean \`${field}\`?`,
    });
  });

  it('is one in a query string, too, and at Hugging Face’s tasks', async () => {
    serve({});
    expect(await errorOf(await ask('/v1/runs?limt=3'))).toMatchObject({ param: 'limt' });
    const answer = await ask('/models/clip', { json: { input: 'a', parameters } });
    expect((await answer.json()) as object).toMatchObject({
      error: '`input` is not a field of this request. Did you mean `inputs`?',
    });
  });

  it.each([
    ['a short name', { model: 'clip', input: 'a', m: 1, n: 1 }],
    ['another word', { model: 'clip', input: 'a', user: 'u', input_type: 'query', truncate: 'NONE' }],
  ])('is not %s', async (_, json) => {
    serve(hosts());
    expect((await ask('/v1/embeddings', { json })).status).toBe(200);
  });
});

describe('the number of results', () => {
  const documents = ['a', 'b', 'c'];
  it.each([
    ['/v1/similarity', { model: 'clip', query: 'a', documents }, 'results'],
    ['/v1/rerank', { model: 'clip', query: 'a', documents }, 'results'],
    ['/v1/classify', { model: 'clip', input: 'a', labels: documents }, 'data.0.predictions'],
  ])('has both of its names: %s', async (path, json, place) => {
    serve(hosts());
    for (const top of [{ top_n: 2 }, { top_k: 2 }, { top_n: 2, top_k: 2 }, { top_n: null, top_k: 2 }]) {
      const answer = (await (await ask(path, { json: { ...json, ...top } })).json()) as object;
      const results = place
        .split('.')
        .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], answer);
      expect(results).toHaveLength(2);
    }
    expect(await errorOf2(path, { ...json, top_n: 1, top_k: 2 })).toMatchObject({ param: 'top_k' });
    expect(await errorOf2(path, { ...json, top_k: 0 })).toMatchObject({ param: 'top_k' });
  });
});

/** Of a route whose errors have other fields beside OpenAI's. */
async function errorOf2(path: string, json: object): Promise<object> {
  return ((await (await ask(path, { json })).json()) as { error: object }).error;
}
