import { afterEach, describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import type { SubjectUsage } from '../../src/metering/subject-usage.ts';
import { ClipHost } from '../support/clip-host.ts';
import { bearer, createKey } from '../support/keys.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, bindings, errorOf, KEY, ORIGIN, serve } from '../support/worker.ts';

afterEach(() => {
  vi.useRealTimers();
});

const settings = { USAGE: bindings.USAGE, PRICES: JSON.stringify({ 'tiny-text': { input: 1, output: 2 } }) };
const SECRETS = { ...settings, TOKEN_SECRETS: `first:${'x'.repeat(32)}` };
const CHAT = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }] };
const answers = {
  [`${ORIGIN}/v1/`]: () =>
    Response.json({
      choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 4, completion_tokens: 6 },
    }),
  [`${ORIGIN}/embeddings`]: new ClipHost().answer,
  [`${ORIGIN}/models/`]: () => new Response(pngOf(256, 256), { headers: { 'content-type': 'image/png' } }),
};

const post = (path: string, json: object, key: string) => ask(path, { json, headers: bearer(key), settings });
async function usage(key = KEY, query = '') {
  const answer = await ask(`/v1/usage${query}`, { headers: bearer(key), settings });
  return (await answer.json()) as { from: string; to: string; data: Record<string, unknown>[] };
}

describe('GET /v1/usage', () => {
  it('shows what each key used, by day and model: a key its own, an operator all', async () => {
    serve(answers);
    const [one, two] = [await createKey({ id: 'one' }), await createKey({ id: 'two' })];
    // Usage is written two seconds later: at once, all of it together.
    await Promise.all([
      post('/v1/chat/completions', CHAT, one),
      post('/v1/chat/completions', CHAT, one),
      post('/v1/chat/completions', CHAT, two),
      post('/v1/images/generations', { prompt: 'a', n: 2 }, one),
      post('/v1/embeddings', { model: 'clip', input: ['a', 'b'] }, KEY),
    ]);
    resetIsolate('vectors');
    await post('/v1/embeddings', { model: 'clip', input: ['a', 'c'] }, KEY);
    const today = new Date().toISOString().slice(0, 10);
    const chat = {
      date: today,
      model: 'tiny-text',
      failed_requests: 0,
      images: 0,
      cache_hits: 0,
      cache_misses: 0,
      estimated_requests: 0,
    };
    const own = await usage(one);
    expect(own.to).toBe(today);
    expect(own.data).toEqual([
      expect.objectContaining({ date: today, model: 'tiny-image', requests: 1, images: 2, cost_usd: 0.08 }),
      { ...chat, requests: 2, prompt_tokens: 8, completion_tokens: 12, cost_usd: 0.000032 },
    ]);
    const all = await usage();
    expect(all.data.map(({ key, model, requests }) => [key, model, requests])).toEqual([
      ['one', 'tiny-image', 1],
      ['one', 'tiny-text', 2],
      ['operator', 'tiny-clip', 2],
      ['two', 'tiny-text', 1],
    ]);
    expect(all.data[2]).toMatchObject({ cache_hits: 1, cache_misses: 3 });
  });

  it('shows what each subject of client tokens used, to its key and to an operator', async () => {
    serve(answers);
    const key = await createKey({ id: 'with-subjects' });
    const tokenOf = async (subject: string) => {
      const answer = await ask('/v1/client_secrets', { json: { subject }, headers: bearer(key), settings: SECRETS });
      return (await answer.json()) as { value: string; subject: string };
    };
    const [a, b] = [await tokenOf('user-a'), await tokenOf('user-b')];
    const chat = (token: string) =>
      ask('/v1/chat/completions', { json: CHAT, headers: bearer(token), settings: SECRETS });
    await Promise.all([chat(a.value), chat(b.value), chat(b.value), post('/v1/chat/completions', CHAT, key)]);
    const rows = (await usage(key, '?by=subject')).data;
    expect(rows).toEqual([
      { date: expect.any(String), subject: b.subject, requests: 2, tokens: 20, cost_usd: 0.000032 },
      { date: expect.any(String), subject: a.subject, requests: 1, tokens: 10, cost_usd: 0.000016 },
    ]);
    for (const name of ['user-a', a.subject]) expect((await usage(key, `?subject=${name}`)).data).toEqual([rows[1]]);
    expect((await usage(KEY, `?subject=${a.subject}`)).data).toEqual([{ ...rows[1], key: 'with-subjects' }]);
    const other = await createKey({ id: 'no-subjects' });
    expect((await usage(other, `?subject=${a.subject}`)).data).toEqual([]);
    const both = await ask('/v1/usage?by=model&subject=x', { headers: bearer(key), settings });
    expect((await errorOf(both)).param).toBe('subject');
  });

  it('keeps the largest subjects of a day by name, and loses nothing of the others', async () => {
    const stub = (bindings.USAGE as DurableObjectNamespace).getByName('all') as unknown as {
      add(rows: [], subjects: SubjectUsage[]): Promise<void>;
    };
    const rows = Array.from({ length: 1_600 }, (_, i) => ({
      ...{ day: '2026-02-02', account: 'many', subject: `s${i}`, requests: 1, tokens: 2, microUsd: i },
    }));
    for (let i = 0; i < rows.length; i += 400) await stub.add([], rows.slice(i, i + 400));
    const { data } = await usage(KEY, '?by=subject&from=2026-02-02&to=2026-02-02');
    const named = data.filter(({ subject }) => subject !== 'other');
    expect(named.map(({ subject }) => subject)).toContain('s1599');
    expect(data.length).toBeLessThanOrEqual(1_501);
    expect(data.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(1_600);
    expect(data.find(({ subject }) => subject === 'other')).toMatchObject({ requests: 600, tokens: 1_200 });
  });

  const house = { variables: { language: 'French', text: 'house' } };
  const examples = [
    { input: 'a', label: 'x' },
    { input: 'b', label: 'y' },
  ];
  const tool = (name: string, args: object) => ({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name, arguments: args },
  });
  const once = { 'idempotency-key': 'once' };
  const SURFACES: [path: string, json: object, headers: Record<string, string>, model: string, counted: object][] = [
    ['/v1/prompts/translate', house, {}, 'tiny-text', { requests: 1 }],
    ['/v1/prompts/translate', house, once, 'tiny-text', { requests: 1 }],
    ['/v1/responses', { model: 'text', input: 'a' }, {}, 'tiny-text', { requests: 1 }],
    ['/v1/responses', { model: 'text', input: 'a' }, once, 'tiny-text', { requests: 1 }],
    ['/v1/responses', { model: 'text', input: 'a', store: true }, {}, 'tiny-text', { requests: 1 }],
    ['/v1/responses', { model: 'text', input: 'a', background: true }, {}, 'tiny-text', { requests: 1 }],
    ['/models/text/pipeline/summarization', { inputs: 'a' }, {}, 'tiny-text', { requests: 1 }],
    ['/models/tiny-text/v1/chat/completions', CHAT, once, 'tiny-text', { requests: 1 }],
    ['/models/image', { inputs: 'a' }, once, 'tiny-image', { requests: 1, images: 1 }],
    ['/models/clip', { inputs: 'a' }, {}, 'tiny-clip', { requests: 1, cache_misses: 1 }],
    ['/v2/rerank', { model: 'clip', query: 'q', documents: ['d', 'e'] }, once, 'tiny-clip', { requests: 1 }],
    ['/v1/classifiers', { examples }, once, 'tiny-clip', { requests: 1 }],
    ['/mcp', tool('chat', { prompt: 'a' }), {}, 'tiny-text', { requests: 1 }],
    ['/mcp', [tool('chat', { prompt: 'a' }), tool('chat', { prompt: 'a' })], {}, 'tiny-text', { requests: 2 }],
    ['/mcp', tool('generate_image', { prompt: 'a' }), {}, 'tiny-image', { requests: 1, images: 1 }],
  ];

  it('counts a request once, whatever asks for it, and nothing if it is repeated', async () => {
    serve(answers);
    for (const [i, [path, json, headers]] of SURFACES.entries()) {
      const key = await createKey({ id: `surface${i}` });
      resetIsolate('vectors');
      for (let times = headers === once ? 2 : 1; times > 0; times--) {
        const answer = await ask(path, { json, headers: { ...headers, ...bearer(key) }, settings });
        expect(answer.status, path).toBe(200);
        await answer.arrayBuffer();
      }
    }
    const written = async () => new Set((await usage()).data.map(({ key }) => key)).size;
    await expect.poll(written, { timeout: 10_000 }).toBe(SURFACES.length);
    const { data } = await usage();
    SURFACES.forEach(([path, , , model, counted], i) => {
      const rows = data.filter(({ key }) => key === `surface${i}`);
      expect(rows, `${path}, ${i}`).toEqual([expect.objectContaining({ model, failed_requests: 0, ...counted })]);
    });
  });

  it('counts a failure of the host as one, and without a cost', async () => {
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ error: { message: 'no' } }, { status: 400 }) });
    const key = await createKey({ id: 'failing' });
    await post('/v1/chat/completions', CHAT, key);
    expect((await usage(key)).data).toEqual([
      expect.objectContaining({ requests: 1, failed_requests: 1, prompt_tokens: 0, cost_usd: 0 }),
    ]);
  });

  it('does not count what was reserved for a completion as a prompt', async () => {
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ choices: [{ index: 0, message: { content: 'x' } }] }) });
    const key = await createKey({ id: 'silent' });
    await post('/v1/chat/completions', { ...CHAT, max_tokens: 500 }, key);
    const [row] = (await usage(key)).data;
    expect(row).toMatchObject({ completion_tokens: 500, estimated_requests: 1 });
    expect(row?.prompt_tokens).toBeLessThan(50);
  });

  it('estimates a request whose host says a number of tokens that cannot be', async () => {
    const said = ['-5000', '"7"', '1e400'];
    const texts = said.map((prompt) => `{"choices":[{}],"usage":{"prompt_tokens":${prompt},"completion_tokens":9000}}`);
    serve({
      [`${ORIGIN}/v1/`]: () => new Response(texts.pop() ?? '', { headers: { 'content-type': 'application/json' } }),
    });
    const key = await createKey({ id: 'odd' });
    await Promise.all(said.map(() => post('/v1/chat/completions', { ...CHAT, max_tokens: 500 }, key)));
    const [row] = (await usage(key)).data;
    expect(row).toMatchObject({ requests: 3, estimated_requests: 3, completion_tokens: 1_500 });
    expect(row?.prompt_tokens).toBeLessThan(150);
    expect(row?.cost_usd).toBeLessThan(0.01);
  });

  it('counts the tokens of a key as the key', async () => {
    serve(answers);
    const key = await createKey({ id: 'issuer' });
    const secrets = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' };
    const secret = await ask('/v1/client_secrets', { json: {}, headers: bearer(key), settings: secrets });
    const { value } = (await secret.json()) as { value: string };
    await ask('/v1/chat/completions', { json: CHAT, headers: bearer(value), settings: { ...settings, ...secrets } });
    expect((await usage(key)).data).toEqual([expect.objectContaining({ model: 'tiny-text', requests: 1 })]);
  });

  it.each([
    ['?from=2026-13-01', 'from'],
    ['?to=yesterday', 'to'],
    ['?from=2026-02-30', 'from'],
    ['?from=20261124', 'from'],
    ['?from=2026-11-24&to=2026-11-23', 'from'],
  ])('rejects %s', async (query, param) => {
    const answer = await ask(`/v1/usage${query}`, { settings });
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).param).toBe(param);
  });

  it('is the last 30 days by default', async () => {
    const { from, to } = await usage();
    expect(Date.parse(to) - Date.parse(from)).toBe(29 * 86_400_000);
    expect((await usage(KEY, '?to=2026-03-01')).from).toBe('2026-01-31');
  });
});
