import { parseList, Token } from 'structured-headers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { asker, cachingEnv, chat, counting, statusOf, streamed, whole } from '../support/cache.ts';
import { bearer, createKey } from '../support/keys.ts';
import { ask, bindings, environment, errorOf, KEY } from '../support/worker.ts';

const ask300 = (env = cachingEnv()) => asker(env);
const MISS = 'cedalion; fwd=uri-miss; stored';
const HIT = 'cedalion; hit; ttl=300';

describe('the cache of answers', () => {
  it('answers the same chat with the bytes of the host, says so, and asks the host once', async () => {
    const { requests } = counting();
    const cached = ask300();
    const first = await cached(chat());
    expect(statusOf(first)).toBe(MISS);
    const text = await first.text();
    const second = await cached(chat());
    expect(await second.text()).toBe(text);
    expect(statusOf(second)).toBe(HIT);
    expect(second.headers.get('age')).toBe('0');
    expect(second.headers.get('content-type')).toBe('application/json');
    expect(requests).toHaveLength(1);
  });

  it('says what it did in the form of RFC 9211', async () => {
    counting();
    const cached = ask300();
    const status = async (...request: Parameters<typeof cached>) =>
      parseList(statusOf(await cached(...request)) ?? '').map(([name, more]) => [String(name), ...more]);
    expect(await status(chat())).toEqual([['cedalion', ['fwd', new Token('uri-miss')], ['stored', true]]]);
    expect(await status(chat())).toEqual([['cedalion', ['hit', true], ['ttl', 300]]]);
    const refresh = { 'cache-control': 'no-cache' };
    expect(await status(chat(), refresh)).toEqual([['cedalion', ['fwd', new Token('request')], ['stored', true]]]);
    const bypass = ['cedalion', ['fwd', new Token('bypass')], ['detail', new Token('no-store')]];
    expect(await status(chat(), { 'cache-control': 'no-store' })).toEqual([bypass]);
  });

  it('is off unless the request asks for it, and without its secret', async () => {
    const { requests } = counting();
    const env = cachingEnv();
    for (const _ of [1, 2]) expect(statusOf(await ask('/v1/chat/completions', { json: chat(), env }))).toBeNull();
    const without = asker(environment());
    for (const _ of [1, 2]) {
      expect(statusOf(await without(chat()))).toBe('cedalion; fwd=bypass; detail=not-configured');
    }
    expect(requests).toHaveLength(4);
  });

  it.each(['0', '86401', '-1', '1.5', 'yes', '1e3', ''])('refuses X-Cedalion-Cache: %j by its name', async (value) => {
    counting();
    const answer = await ask300()(chat(), { 'x-cedalion-cache': value });
    expect(answer.status).toBe(400);
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_parameter', param: 'X-Cedalion-Cache' });
  });

  it('takes no answer that is older than the request wants, or than its own time', async () => {
    const { requests } = counting();
    const cached = ask300();
    await cached(chat());
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    const second = await cached(chat());
    expect([statusOf(second), second.headers.get('age')]).toEqual(['cedalion; hit; ttl=240', '60']);
    expect(statusOf(await cached(chat(), { 'x-cedalion-cache': '60' }))).toBe(MISS);
    expect(requests).toHaveLength(2);
    expect(statusOf(await cached(chat(), { 'x-cedalion-cache': '600' }))).toBe('cedalion; hit; ttl=60');
  });

  it('replays a stream event by event, with its reasoning, its usage and [DONE]', async () => {
    const { requests } = counting((n) => streamed(`answer ${n}`));
    const cached = ask300();
    const body = chat('Hello', { stream: true });
    const first = await cached(body);
    expect(statusOf(first)).toBe('cedalion; fwd=uri-miss');
    const text = await first.text();
    expect(text).toContain('data: [DONE]');
    await vi.waitFor(async () => {
      const second = await cached(body, { 'cache-control': 'only-if-cached' });
      expect(second.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(await second.text()).toBe(text);
    });
    // A whole answer is an entry of its own.
    expect(statusOf(await cached(chat('Hello'), { 'cache-control': 'only-if-cached' }))).toBeNull();
    expect(requests).toHaveLength(1);
  });

  it('asks anew and stores with no-cache, and answers 504 with only-if-cached if nothing is there', async () => {
    counting();
    const cached = ask300();
    const missing = await cached(chat(), { 'cache-control': 'only-if-cached' });
    expect(missing.status).toBe(504);
    expect(missing.headers.get('x-should-retry')).toBe('false');
    expect(await errorOf(missing)).toMatchObject({ code: 'not_cached' });
    await cached(chat());
    const refreshed = await cached(chat(), { 'cache-control': 'no-cache' });
    expect(statusOf(refreshed)).toBe('cedalion; fwd=request; stored');
    expect(await refreshed.text()).toContain('answer 2');
    expect(await (await cached(chat())).text()).toContain('answer 2');
  });

  it('finds the same body with its members in another order, and no other body', async () => {
    const { requests } = counting();
    const cached = ask300();
    const { model, messages } = chat('é');
    await cached({ model, messages, temperature: 0, user: 'a' });
    expect(statusOf(await cached({ user: 'a', temperature: 0, messages, model }))).toBe(HIT);
    const others = [
      { model, messages, temperature: 0 },
      { model, messages, temperature: 0, user: 'a', unknown: null },
      { model, messages, temperature: 0, user: 'a', unknown: { nested: [1] } },
      { model, messages, temperature: 0, user: 'a', unknown: { nested: [2] } },
      { model, messages: [{ role: 'user', content: 'e\u0301' }], temperature: 0, user: 'a' },
      { model, messages: [...messages, ...messages], temperature: 0, user: 'a' },
      { model, messages, temperature: 0, user: 'a', seed: 1 },
    ];
    for (const body of others) expect(statusOf(await cached(body))).toBe(MISS);
    const text = (seed: string) => `{"model":"tiny-text","messages":[{"role":"user","content":"hi"}],"exact":${seed}}`;
    const raw = (body: string) =>
      ask('/v1/chat/completions', {
        body,
        env: cachingEnv(),
        headers: { 'content-type': 'application/json', 'x-cedalion-cache': '300' },
      });
    await raw(text('9007199254740992'));
    expect(statusOf(await raw(text('9007199254740993')))).toBe(MISS);
    expect(requests).toHaveLength(others.length + 3);
  });

  it('keeps keys and the subjects of tokens apart', async () => {
    const { requests } = counting();
    const env = cachingEnv({ TOKEN_SECRETS: `test:${'s'.repeat(32)}` });
    const cached = asker(env);
    const keys = [KEY, await createKey(), await createKey()];
    const tokens: string[] = [];
    for (const key of keys) {
      for (const subject of ['a', 'b']) {
        const made = await ask('/v1/client_secrets', { json: { subject }, env, headers: bearer(key) });
        tokens.push(((await made.json()) as { value: string }).value);
      }
    }
    const texts = new Set<string>();
    for (const caller of [...keys, ...tokens]) {
      const answer = await cached(chat(), bearer(caller));
      expect(statusOf(answer)).toBe(MISS);
      texts.add(await answer.text());
    }
    expect(texts.size).toBe(9);
    for (const caller of [...keys, ...tokens]) expect(statusOf(await cached(chat(), bearer(caller)))).toBe(HIT);
    expect(requests).toHaveLength(9);
  });

  it('caches for a key that says so, unless a request does not want it', async () => {
    const { requests } = counting();
    const env = cachingEnv();
    const key = bearer(await createKey({ cache_seconds: 60 }));
    const send = (headers: Record<string, string> = {}) =>
      ask('/v1/chat/completions', { json: chat(), env, headers: { ...key, ...headers } });
    expect(statusOf(await send())).toBe(MISS);
    expect(statusOf(await send())).toBe('cedalion; hit; ttl=60');
    const bypass = 'cedalion; fwd=bypass; detail=no-store';
    expect(statusOf(await send({ 'cache-control': 'no-store' }))).toBe(bypass);
    expect(statusOf(await send({ 'x-cedalion-cache': 'false' }))).toBe(bypass);
    expect(requests).toHaveLength(3);
  });

  it('finds nothing for a key that is wrong, lacks the scope or the model, or has used up its budget', async () => {
    const { requests } = counting((n) => whole(`answer ${n}`, {}, n === 2 ? 2_500 : 2));
    const env = cachingEnv();
    const cached = asker(env);
    const key = await createKey({ limits: { tokens_per_day: 3_000 } });
    expect(statusOf(await cached(chat(), bearer(key)))).toBe(MISS);
    expect(statusOf(await cached(chat(), bearer(key)))).toBe(HIT);
    await cached(chat('long'), bearer(key));
    const refused = await cached(chat(), bearer(key));
    expect(refused.status).toBe(429);
    expect(statusOf(refused)).toBeNull();
    expect((await cached(chat(), bearer(`ced_${'x'.repeat(43)}`))).status).toBe(401);
    expect((await cached(chat(), bearer(await createKey({ scopes: ['images'] })))).status).toBe(403);
    expect((await cached(chat(), bearer(await createKey({ models: ['tiny-clip'] })))).status).toBe(403);
    expect(requests).toHaveLength(2);
  });
});

describe('what is stored', () => {
  const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
  it.each([
    ['tool calls', { message: { content: null, tool_calls: calls }, finish_reason: 'tool_calls' }, 'tools'],
    ['tool calls that end with stop', { message: { content: null, tool_calls: calls } }, 'tools'],
    ['a cut text', { finish_reason: 'length' }, 'length'],
    ['a filtered text', { finish_reason: 'content_filter' }, 'content_filter'],
    ['no end', { finish_reason: null }, 'incomplete'],
  ])('is no answer with %s', async (_, choice, detail) => {
    const { requests } = counting((n) => whole(`answer ${n}`, choice));
    const cached = ask300();
    for (const _ of [1, 2]) expect(statusOf(await cached(chat()))).toBe(`cedalion; fwd=bypass; detail=${detail}`);
    expect(requests).toHaveLength(2);
  });

  it('is an answer with tool calls, or a cut one, if the request says so, and only for such requests', async () => {
    counting((n) => whole(`answer ${n}`, n < 3 ? { message: { tool_calls: calls } } : { finish_reason: 'length' }));
    const cached = ask300();
    const tools = { 'x-cedalion-cache-tools': 'true' };
    expect(statusOf(await cached(chat(), tools))).toBe(MISS);
    expect(statusOf(await cached(chat(), tools))).toBe(HIT);
    expect(statusOf(await cached(chat()))).toBe('cedalion; fwd=bypass; detail=tools');
    const incomplete = { 'x-cedalion-cache-incomplete': 'true' };
    expect(statusOf(await cached(chat(), incomplete))).toBe(MISS);
    expect(statusOf(await cached(chat(), incomplete))).toBe(HIT);
  });

  it.each([
    ['is cut', () => streamed('a', [], null)],
    ['fails', () => streamed('a', [{ error: { message: 'out of memory' } }], null)],
    ['calls a tool', () => streamed('a', [{ choices: [{ delta: { tool_calls: calls } }] }, '[DONE]'])],
    ['is filtered', () => streamed('a', ['[DONE]'], 'content_filter')],
  ])('is no stream that %s', async (_, answer) => {
    const { requests } = counting(answer);
    const cached = ask300();
    for (const _ of [1, 2]) {
      await (await cached(chat('Hello', { stream: true }))).text();
      await scheduler.wait(20);
    }
    expect(requests).toHaveLength(2);
  });

  it('is no failure of a host: the next request asks it again', async () => {
    const { requests } = counting((n) =>
      n === 1 ? Response.json({ error: { message: 'no' } }, { status: 400 }) : whole('fine'),
    );
    const cached = ask300();
    expect((await cached(chat())).status).toBe(400);
    expect(statusOf(await cached(chat()))).toBe(MISS);
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['store', { store: true }],
    ['conversation', { previous_response_id: 'resp_x' }],
  ])('is nothing of a request with %s', async (detail, more) => {
    const { requests } = counting();
    const cached = ask300();
    for (const _ of [1, 2])
      expect(statusOf(await cached(chat('Hello', more)))).toBe(`cedalion; fwd=bypass; detail=${detail}`);
    expect(requests).toHaveLength(2);
  });

  it('is nothing of a request that is recorded as a run', async () => {
    const { requests } = counting();
    const cached = ask300();
    for (const key of ['a', 'b']) {
      const answer = await cached(chat(), { 'idempotency-key': key });
      expect(statusOf(answer)).toBe('cedalion; fwd=bypass; detail=run');
    }
    expect(requests).toHaveLength(2);
  });
});

describe('where answers are stored', () => {
  it('is the data center, for other isolates', async () => {
    const { requests } = counting();
    const cached = ask300();
    const text = await (await cached(chat())).text();
    resetIsolate('answers');
    const second = await cached(chat());
    expect(statusOf(second)).toBe(HIT);
    expect(await second.text()).toBe(text);
    expect(requests).toHaveLength(1);
  });

  it('is KV, for other data centers, if the operator turns it on, within its writes', async () => {
    const { requests } = counting();
    const away = () => vi.spyOn(caches.default, 'match').mockResolvedValue(undefined);
    const stored = async () => (await bindings.EMBEDDINGS.list({ prefix: 'answer:v1:' })).keys.length;
    await ask300()(chat());
    expect(await stored()).toBe(0);
    const cached = asker(cachingEnv({ CACHE_KV: 'true' }));
    const text = await (await cached(chat('in KV'))).text();
    expect(await stored()).toBe(1);
    resetIsolate('answers');
    away();
    const second = await cached(chat('in KV'));
    expect([statusOf(second), await second.text()]).toEqual([HIT, text]);
    // KV stores nothing for less than a minute.
    await cached(chat('short'), { 'x-cedalion-cache': '59' });
    await asker(cachingEnv({ CACHE_KV: 'true', KV_WRITES_PER_DAY: '1' }))(chat('too many'));
    expect(await stored()).toBe(1);
    expect(requests).toHaveLength(4);
  });

  it('is asked again if a store is damaged or fails', async () => {
    const { requests } = counting();
    const cached = ask300();
    await cached(chat());
    for (const answer of [Promise.reject(new Error('no')), Promise.resolve(new Response('odd'))]) {
      answer.catch(() => {});
      resetIsolate('answers');
      vi.spyOn(caches.default, 'match').mockReturnValue(answer as Promise<Response>);
      expect(statusOf(await cached(chat()))).toBe(MISS);
    }
    expect(requests).toHaveLength(3);
  });
});

describe('a store that fails again and again', () => {
  afterEach(() => {
    vi.useRealTimers();
    resetIsolate('answer-stores');
  });

  it('is left alone for ten seconds, and then asked again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { requests } = counting();
    const cached = ask300();
    const match = vi.spyOn(caches.default, 'match').mockRejectedValue(new Error('no'));
    const put = vi.spyOn(caches.default, 'put').mockRejectedValue(new Error('no'));
    for (let n = 0; n < 5; n++) expect(statusOf(await cached(chat(`text ${n}`)))).toBe(MISS);
    const calls = () => match.mock.calls.length + put.mock.calls.length;
    const before = calls();
    expect(before).toBeLessThanOrEqual(6);
    // The memory of the isolate works on.
    expect(statusOf(await cached(chat('text 0')))).toBe(HIT);
    expect(statusOf(await cached(chat('text 5')))).toBe(MISS);
    expect(calls()).toBe(before);
    vi.setSystemTime(Date.now() + 10_000);
    match.mockResolvedValue(undefined);
    put.mockResolvedValue(undefined);
    expect(statusOf(await cached(chat('text 6')))).toBe(MISS);
    expect(statusOf(await cached(chat('text 7')))).toBe(MISS);
    expect(calls()).toBe(before + 4);
    expect(requests).toHaveLength(8);
  });
});

describe('the same body, written in another way', () => {
  it('is found by its bytes and by its members, and one with another value is not', async () => {
    const { requests } = counting();
    const env = cachingEnv();
    const send = async (body: string) => {
      const headers = { 'x-cedalion-cache': '300', 'content-type': 'application/json' };
      const answer = await ask('/v1/chat/completions', { body, env, headers });
      expect(answer.headers.get('cache-status')?.split(';')).toHaveLength(3);
      return statusOf(answer);
    };
    const messages = '"messages":[{"role":"user","content":"Hi"}]';
    const texts = [
      `{"model":"text",${messages}}`,
      `{${messages}, "model":"text"}`,
      `{\n${messages},\n"model":"text"\n}`,
    ];
    expect(await send(texts[0] as string)).toBe(MISS);
    for (const text of [...texts, ...texts]) expect(await send(text)).toBe(HIT);
    expect(await send(`{"model":"text",${messages},"top_p":1}`)).toBe(MISS);
    expect(await send(`{"model":"text",${messages},"top_p":1.0}`)).toBe(MISS);
    expect(requests).toHaveLength(3);
  });
});

describe('DELETE /v1/cache', () => {
  it('lets nothing be found any more of a key and its tokens, and of no other', async () => {
    const { requests } = counting();
    const env = cachingEnv({ TOKEN_SECRETS: `test:${'s'.repeat(32)}` });
    const cached = asker(env);
    const [key, other] = [await createKey(), await createKey()];
    const made = await ask('/v1/client_secrets', { json: { subject: 'a' }, env, headers: bearer(key) });
    const token = ((await made.json()) as { value: string }).value;
    for (const caller of [key, token, other]) await cached(chat(), bearer(caller));
    const refused = await ask('/v1/cache', { method: 'DELETE', env, headers: bearer(token) });
    expect(refused.status).toBe(403);
    const deleted = await ask('/v1/cache', { method: 'DELETE', env, headers: bearer(key) });
    expect(await deleted.json()).toEqual({ object: 'cache', deleted: true });
    expect(statusOf(await cached(chat(), bearer(other)))).toBe(HIT);
    for (const caller of [key, token]) expect(statusOf(await cached(chat(), bearer(caller)))).toBe(MISS);
    // Another isolate reads it with the key.
    resetIsolate('cache-generations', 'answers');
    for (const caller of [key, token]) expect(statusOf(await cached(chat(), bearer(caller)))).toBe(HIT);
    expect(requests).toHaveLength(5);
  });

  it('is out of effect for nobody while KV cannot be read: nothing is cached then', async () => {
    const { requests } = counting();
    const cached = ask300();
    vi.spyOn(bindings.KEYS as KVNamespace, 'get').mockRejectedValue(new Error('no'));
    expect(statusOf(await cached(chat()))).toBe('cedalion; fwd=bypass; detail=unavailable');
    expect(requests).toHaveLength(1);
  });
});
