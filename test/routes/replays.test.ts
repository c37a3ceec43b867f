import { describe, expect, it } from 'vitest';
import { limiterOf } from '../support/counters.ts';
import { bearer, createKey } from '../support/keys.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

/** Requests with an idempotency key count when they come, whether they run or repeat. */

const USAGE = { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 };
const host = { [`${ORIGIN}/v1/`]: () => Response.json({ choices: [{ message: { content: 'x' } }], usage: USAGE }) };
const CHAT = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }], max_tokens: 10 };
const RESPONSE = { model: 'tiny-text', input: 'hi', max_output_tokens: 10 };
const ENDPOINT = { url: 'https://receiver.example.com/hook' };

let ids = 0;
async function keyWith(limits: object) {
  const id = `replays${ids++}`;
  const key = await createKey({ id, limits });
  const send = (path: string, json: object, idempotency = 'k', settings = {}, headers = {}) =>
    ask(path, { json, headers: { ...bearer(key), 'idempotency-key': idempotency, ...headers }, settings });
  return { id, key, send };
}

describe.each([
  ['a chat', '/v1/chat/completions', CHAT],
  ['a response', '/v1/responses', RESPONSE],
  ['a route that asks no model', '/v1/webhook_endpoints', ENDPOINT],
] as const)('a replay of %s', (_, path, json) => {
  it('counts as a request, and is refused like one', async () => {
    const { requests } = serve(host);
    const { send } = await keyWith({ requests_per_minute: 2 });
    const first = await send(path, json);
    expect(first.status).toBeLessThan(300);
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    const replay = await send(path, json);
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(replay.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    for (let i = 0; i < 3; i++) {
      const refused = await send(path, json);
      expect(refused.status).toBe(429);
      expect((await errorOf(refused)).code).toBe('rate_limit_exceeded');
    }
    expect(requests.length).toBeLessThanOrEqual(1);
  });

  it('counts once for the key and nothing else, also if it is refused for another body', async () => {
    serve(host);
    const limits = { requests_per_day: 10, tokens_per_day: 1_000, concurrent_requests: 1 };
    const { send, id } = await keyWith(limits);
    await (await send(path, json)).text();
    const { tokens } = (await limiterOf(`key:${id}`)).days[0] ?? {};
    expect(tokens).toBe(path === '/v1/webhook_endpoints' ? 0 : 10);
    await (await send(path, json)).text();
    expect((await send(path, { ...json, description: 'x', user: 'another' })).status).toBe(422);
    expect((await limiterOf(`key:${id}`)).days).toEqual([expect.objectContaining({ requests: 3, tokens })]);
  });
});

it('replays of a client token count for its IP address', async () => {
  serve(host);
  const { key } = await keyWith({});
  const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters', IP_REQUESTS_PER_MINUTE: '2' };
  const secret = await ask('/v1/client_secrets', { json: {}, headers: bearer(key), settings });
  const { value } = (await secret.json()) as { value: string };
  const statuses = [];
  for (let i = 0; i < 4; i++) {
    const headers = { ...bearer(value), 'idempotency-key': 'k', 'cf-connecting-ip': '192.0.2.7' };
    statuses.push((await ask('/v1/chat/completions', { json: CHAT, headers, settings })).status);
  }
  expect(statuses).toEqual([200, 200, 429, 429]);
});
