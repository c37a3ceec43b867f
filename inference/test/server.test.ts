import { beforeAll, describe, expect, test } from 'vitest';
import { loadClip } from '../src/clip.ts';
import type { Models } from '../src/models.ts';
import { loadText } from '../src/text.ts';
import { failure, json, ownModel, start } from './start.ts';

let models: Models;
beforeAll(async () => {
  const [clip, text] = await Promise.all([loadClip(ownModel('tiny-clip')), loadText(ownModel('tiny-text'))]);
  models = { clip, text };
});

const cat = { model: 'tiny-clip', input: 'a cat' };

describe('/v1/models', () => {
  test('lists the models with their properties', async () => {
    const { get } = await start(models);
    const { object, data } = await json<{ object: string; data: object[] }>(get('/v1/models'));
    expect(object).toBe('list');
    const common = { object: 'model', created: expect.any(Number), owned_by: 'local' };
    expect(data).toEqual([
      { ...common, id: 'tiny-text', task: 'text-generation', context_length: models.text?.contextLength },
      {
        ...common,
        id: 'tiny-clip',
        task: 'embeddings',
        modalities: ['text', 'image'],
        dimensions: models.clip?.dimensions,
        logit_scale: models.clip?.logitScale,
        logit_bias: null,
        revision: '4-white',
        formats: ['png', 'jpeg', 'webp', 'gif', 'avif', 'heic', 'tiff', 'bmp'],
      },
    ]);
    expect(await json(get('/v1/models/tiny-clip'))).toEqual(data[1]);
  });

  test('answers 404 for unknown models', async () => {
    const { get } = await start(models);
    for (const path of ['/v1/models/owner/name', '/v1/models/owner%2Fname']) {
      const { status, error } = await failure(get(path));
      expect(status).toBe(404);
      expect(error).toMatchObject({ code: 'model_not_found', message: expect.stringContaining('"owner/name"') });
    }
  });
});

describe('/health', () => {
  test('lists the models and their queues', async () => {
    const { get } = await start(models);
    expect(await json(get('/health'))).toEqual({
      status: 'ok',
      models: ['tiny-text', 'tiny-clip'],
      queues: {
        text_generation: { running: 0, waiting: 0 },
        text_embedding: { waiting: 0, batches: expect.any(Number) },
        image_embedding: { waiting: 0, batches: expect.any(Number) },
      },
    });
  });

  test('answers 503 while the models are loading, like every route', async () => {
    const loading = Promise.withResolvers<Models>();
    const { get, post } = await start(loading.promise);
    for (const response of [await get('/health'), await post('/embeddings', cat)]) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({ error: { code: 'loading' } });
    }
    loading.resolve(models);
    await loading.promise;
    expect((await get('/health')).status).toBe(200);
    expect((await post('/embeddings', cat)).status).toBe(200);
  });
});

describe('a configured token', () => {
  test('is required by every route except /health', async () => {
    const { get, post } = await start(models, { token: 'secret' });
    expect((await get('/health')).status).toBe(200);
    for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: 'secret' }]) {
      const { status, error } = await failure(post('/embeddings', cat, { headers }));
      expect(status).toBe(401);
      expect(error).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key' });
    }
    const headers = { Authorization: 'Bearer secret' };
    expect((await post('/embeddings', cat, { headers })).status).toBe(200);
    expect((await failure(get('/v1/models'))).status).toBe(401);
  });
});

describe('a failed request returns a JSON error with all four keys:', () => {
  test.each<[string, number, string, string | null, (client: Awaited<ReturnType<typeof start>>) => Promise<Response>]>([
    ['invalid JSON', 400, 'invalid_json', null, ({ post }) => post('/embeddings', '{"model":')],
    ['JSON that is not an object', 400, 'invalid_value', null, ({ post }) => post('/embeddings', '[]')],
    ['a missing model', 400, 'invalid_value', 'model', ({ post }) => post('/embeddings', { input: 'a cat' })],
    ['an unknown model', 404, 'model_not_found', 'model', ({ post }) => post('/embeddings', { ...cat, model: 'x' })],
    [
      'a model for another task',
      400,
      'unsupported_task',
      'model',
      ({ post }) => post('/embeddings', { ...cat, model: 'tiny-text' }),
    ],
    ['an unknown route', 404, 'not_found', null, ({ get }) => get('/v2/embeddings')],
    ['an unsupported method', 405, 'method_not_allowed', null, ({ get }) => get('/embeddings')],
  ])('%s', async (_, status, code, param, send) => {
    const client = await start(models);
    const response = await send(client);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch('application/json');
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param, code },
    });
  });

  test('a body that is too large, with and without Content-Length', async () => {
    const { url, post } = await start(models, { maxBodyBytes: 1000 });
    const large = JSON.stringify({ ...cat, input: 'x'.repeat(2000) });
    const chunked = new Blob([large]).stream();
    for (const response of [
      post('/embeddings', large),
      fetch(`${url}/embeddings`, { method: 'POST', body: chunked, duplex: 'half' }),
    ]) {
      const { status, error } = await failure(response);
      expect({ status, code: error.code }).toEqual({ status: 413, code: 'body_too_large' });
    }
  });

  test('but not a body for having no Content-Length', async () => {
    const { url } = await start(models);
    const send = (path: string, text: string) =>
      fetch(url + path, { method: 'POST', body: new Blob([text]).stream(), duplex: 'half' });
    expect((await send('/embeddings', JSON.stringify(cat))).status).toBe(200);
    expect((await send('/embeddings', '')).status).toBe(400);
    expect((await fetch(`${url}/embeddings`, { method: 'OPTIONS' })).status).toBe(404);
  });

  test('an internal error, which is reported to the operator but not to the client', async () => {
    const reported: unknown[] = [];
    const broken = { ...models.clip, id: 'tiny-clip', embedTexts: () => Promise.reject(new Error('inner detail')) };
    const { post } = await start({ clip: broken as never }, { onError: (error) => reported.push(error) });
    const { status, error } = await failure(post('/embeddings', cat));
    expect(status).toBe(500);
    expect(error).toMatchObject({ type: 'server_error', code: 'internal_error' });
    expect(JSON.stringify(error)).not.toContain('inner detail');
    expect(reported).toEqual([expect.objectContaining({ message: 'inner detail' })]);
  });
});

test('a request is logged in one line without its content', async () => {
  const lines: string[] = [];
  const { post } = await start(models, { log: (line) => lines.push(line) });
  await json(post('/embeddings', cat));
  await expect.poll(() => lines).toEqual([expect.stringMatching(/^POST \/embeddings 200 \d+ms$/)]);
});
