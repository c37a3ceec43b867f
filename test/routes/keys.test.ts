import { afterEach, describe, expect, it, vi } from 'vitest';
import { nameOfKey } from '../../src/access/key-records.ts';
import { bearer, createKey } from '../support/keys.ts';
import { ask, bindings, environment, errorOf, ORIGIN, serve } from '../support/worker.ts';

afterEach(() => {
  vi.useRealTimers();
});

const CHAT = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }] };
const answers = {
  [`${ORIGIN}/v1/`]: () => Response.json({ choices: [{ index: 0, message: { content: 'x' } }] }),
};
const chat = (key: string, more: object = {}) =>
  ask('/v1/chat/completions', { json: { ...CHAT, ...more }, headers: bearer(key) });

describe('a key of the store', () => {
  it('is accepted, also if no operator keys are configured', async () => {
    serve(answers);
    const key = await createKey();
    expect((await chat(key)).status).toBe(200);
    expect((await ask('/v1/models', { headers: bearer(key), settings: { API_KEYS: '' } })).status).toBe(200);
  });

  it('is rejected if it is not there, or malformed', async () => {
    serve({});
    for (const key of [`ced_${'A'.repeat(43)}`, `ced_${'A'.repeat(42)}`, 'ced_', `ced_${'A'.repeat(44)}`]) {
      const answer = await chat(key);
      expect(answer.status).toBe(401);
      expect((await errorOf(answer)).code).toBe('invalid_api_key');
    }
  });

  it('is never found by its digest', async () => {
    const key = await createKey();
    expect((await chat(`ced_${await nameOfKey(key)}`)).status).toBe(401);
    expect((await chat(await nameOfKey(key))).status).toBe(401);
  });

  it('expires', async () => {
    serve(answers);
    const now = Math.floor(Date.now() / 1000);
    expect((await chat(await createKey({ expires_at: now - 1 }))).status).toBe(401);
    expect((await chat(await createKey({ expires_at: now + 100 }))).status).toBe(200);
  });

  it('expires also in an isolate that knows it', async () => {
    serve(answers);
    const now = Math.floor(Date.now() / 1000);
    const env = environment();
    const headers = bearer(await createKey({ expires_at: now + 5 }));
    expect((await ask('/v1/models', { headers, env })).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: (now + 6) * 1000 });
    expect((await ask('/v1/models', { headers, env })).status).toBe(401);
  });

  it('works for at most 30 s in an isolate that knows its header, however often it is used', async () => {
    serve(answers);
    const env = environment();
    const key = await createKey();
    const models = async () => (await ask('/v1/models', { headers: bearer(key), env })).status;
    expect(await models()).toBe(200);
    await bindings.KEYS?.delete(`key:v1:${await nameOfKey(key)}`);
    const start = Date.now();
    for (const [seconds, status] of [
      [9, 200],
      [19, 200],
      [31, 401],
    ] as const) {
      vi.useFakeTimers({ toFake: ['Date'], now: start + seconds * 1000 });
      expect(await models(), `after ${seconds} s`).toBe(status);
    }
  });

  it('is not kept in memory under each of its spellings', async () => {
    const env = environment();
    const key = await createKey();
    const spelling = { authorization: `Bearer${' '.repeat(3_000)}${key}` };
    const kept = vi.spyOn(Map.prototype, 'set');
    expect((await ask('/v1/models', { headers: spelling, env })).status).toBe(200);
    expect(kept.mock.calls.filter(([name]) => typeof name === 'string' && name.length > 3_000)).toEqual([]);
  });

  it('works for at most 20 s in an isolate after it was deleted from KV', async () => {
    serve(answers);
    const key = await createKey();
    expect((await chat(key)).status).toBe(200);
    await bindings.KEYS?.delete(`key:v1:${await nameOfKey(key)}`);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 20_001 });
    expect((await chat(key)).status).toBe(401);
  });

  it('closes with 503 if the store does not answer, and never opens', async () => {
    serve({});
    const key = await createKey();
    const broken = { get: () => Promise.reject(new Error('broken')) } as unknown as KVNamespace;
    const answer = await ask('/v1/models', { headers: bearer(key), settings: { KEYS: broken } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((await errorOf(answer)).code).toBe('keys_unavailable');
    expect((await ask('/v1/models', { headers: bearer(key), settings: { KEYS: undefined } })).status).toBe(401);
  });
});

describe('scopes', () => {
  it.each([
    ['/v1/chat/completions', CHAT, 'text'],
    ['/v1/completions', { model: 'tiny-text', prompt: 'hi' }, 'text'],
    ['/v1/embeddings', { model: 'clip', input: 'hi' }, 'embeddings'],
    ['/v1/similarity', { query: 'a', documents: ['b'] }, 'embeddings'],
    ['/v1/classify', { input: 'a', labels: ['b'] }, 'embeddings'],
    ['/v1/images/generations', { prompt: 'a' }, 'images'],
  ])('close %s, and the error names the missing one', async (path, json, scope) => {
    serve({});
    const scopes = (['text', 'embeddings', 'images'] as const).filter((one) => one !== scope);
    const answer = await ask(path, { json, headers: bearer(await createKey({ scopes })) });
    expect(answer.status).toBe(403);
    const error = await errorOf(answer);
    expect(error).toMatchObject({ code: 'scope_missing', type: 'permission_error' });
    expect(error.message).toContain(`\`${scope}\``);
  });

  it('are checked before the body is read', async () => {
    const key = await createKey({ scopes: ['text'] });
    const headers = { ...bearer(key), 'content-type': 'application/json' };
    expect((await ask('/v1/embeddings', { body: '{', headers })).status).toBe(403);
  });
});

describe('models', () => {
  it('are those that the key names, by id or alias', async () => {
    serve(answers);
    const byAlias = await createKey({ models: ['text'] });
    expect((await chat(byAlias, { model: 'text' })).status).toBe(200);
    const refused = await chat(byAlias, { model: 'tiny-text' });
    expect(refused.status).toBe(403);
    expect(await errorOf(refused)).toMatchObject({ code: 'model_not_allowed', param: 'model' });
    const byId = await createKey({ models: ['tiny-text'] });
    expect((await chat(byId, { model: 'text' })).status).toBe(200);
  });

  it.each([
    'models',
    'provider',
    'Model',
    'MODELS',
    'modelſ',
    'route',
    'fallbacks',
    'preset',
    'api_base',
    'extra_body',
  ])('cannot be chosen by the field %s either', async (field) => {
    serve(answers);
    const key = await createKey({ models: ['tiny-text'] });
    const answer = await chat(key, { [field]: ['other/model'] });
    expect(answer.status).toBe(403);
    expect(await errorOf(answer)).toMatchObject({ code: 'model_not_allowed', param: field });
    expect((await chat(await createKey(), { [field]: ['other/model'] })).status).toBe(200);
  });

  it('are the only ones in the list of models', async () => {
    const key = await createKey({ models: ['clip', 'tiny-text'] });
    const list = (await (await ask('/v1/models', { headers: bearer(key) })).json()) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id).sort()).toEqual(['clip', 'text', 'tiny-text']);
    expect((await ask('/v1/models/tiny-text', { headers: bearer(key) })).status).toBe(200);
    expect((await ask('/v1/models/tiny-image', { headers: bearer(key) })).status).toBe(404);
  });
});

describe('the key that npm start prints', () => {
  it.each(['http://localhost:8787', 'http://127.0.0.1:8787', 'http://192.168.1.7:8787', 'http://[::1]:8787'])(
    'works at %s',
    async (base) => {
      expect(
        (await ask('/v1/models', { base, headers: bearer('sk-local'), settings: { API_KEYS: 'sk-local' } })).status,
      ).toBe(200);
    },
  );

  it('never works at another address after it has worked at this one', async () => {
    const env = environment({ API_KEYS: 'sk-local' });
    const at = async (base: string) => (await ask('/v1/models', { base, headers: bearer('sk-local'), env })).status;
    expect(await at('http://localhost:8787')).toBe(200);
    expect(await at('https://tunnel.example.com')).toBe(401);
  });

  it.each([
    ['http://localhost:5173', 200],
    ['capacitor://localhost', 200],
    ['http://127.0.0.1:3000', 200],
    ['http://localhost:8787', 200],
    ['https://evil.example', 401],
    ['http://127.0.0.1.evil.example', 401],
    ['http://203.0.113.7', 401],
    // Any page can have a sandboxed frame with this origin.
    ['null', 401],
  ])('in a page of %s: %i', async (origin, status) => {
    const headers = { ...bearer('sk-local'), origin };
    const settings = { API_KEYS: 'sk-local' };
    expect((await ask('/v1/models', { base: 'http://localhost:8787', headers, settings })).status).toBe(status);
  });

  it.each(['https://cedalion.example.workers.dev', 'https://localhost.example.com', 'https://127.0.0.1.example.com'])(
    'never works at %s',
    async (base) => {
      const answer = await ask('/v1/models', { base, headers: bearer('sk-local'), settings: { API_KEYS: 'sk-local' } });
      expect(answer.status).toBe(401);
      expect((await errorOf(answer)).message).toContain('npm start');
    },
  );
});
