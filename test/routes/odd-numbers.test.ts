import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import type { Limits } from '../../src/base/limits.ts';
import type { UsageLog } from '../../src/metering/usage-log.ts';
import { COUNTS } from '../../src/metering/usage-row.ts';
import { bearer, createKey } from '../support/keys.ts';
import { ask, bindings, errorOf, ORIGIN, serve } from '../support/worker.ts';

/**
 * Numbers of callers that are not finite, whole or positive: what they send must not decide what they may
 * use.
 */

const USAGE = { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 };
const answers = {
  [`${ORIGIN}/v1/`]: () =>
    Response.json({
      choices: [{ index: 0, message: { content: 'x' }, text: 'x', finish_reason: 'stop' }],
      usage: USAGE,
    }),
};
const LIMITS: Limits = { tokens_per_day: 60, usd_per_day: 1, requests_per_day: 1_000 };

let ids = 0;

/** `1e999` cannot be written by JSON.stringify. */
const odd = (fields: object, more: string) => `${JSON.stringify(fields).slice(0, -1)},${more}}`;

const chat = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }] };
const surfaces: [name: string, path: string, body: object, headers: Record<string, string>][] = [
  ['completions', '/v1/completions', { model: 'tiny-text', prompt: 'hi' }, {}],
  ['chat', '/v1/chat/completions', chat, {}],
  ['chat with a prompt', '/v1/chat/completions', { prompt: { id: 'sentiment', variables: { review: 'hi' } } }, {}],
  ['responses', '/v1/responses', { model: 'tiny-text', input: 'hi' }, {}],
  ['messages', '/v1/messages', { ...chat, max_tokens: 9 }, {}],
  ['chat below a model', '/models/tiny-text/v1/chat/completions', chat, {}],
  ['a prompt', '/v1/prompts/sentiment', { variables: { review: 'hi' } }, {}],
  ['a keyed chat', '/v1/chat/completions', chat, { 'idempotency-key': 'k' }],
  ['a chat in the background', '/v1/chat/completions', { ...chat, background: true }, { prefer: 'wait=5' }],
];
const fields = [
  '"best_of":1e999,"max_tokens":0',
  '"best_of":1e999,"max_completion_tokens":0',
  '"best_of":0,"max_tokens":1e999',
  '"best_of":-1,"max_tokens":5',
];

describe.each(surfaces)('%s', (_, path, body, headers) => {
  it.each(fields)('with %s is refused, and the limits hold afterwards', async (more) => {
    serve(answers);
    const key = await createKey({ id: `odd${ids++}`, limits: LIMITS });
    const sent = { body: odd(body, more), headers: { ...bearer(key), 'content-type': 'application/json', ...headers } };
    const refused = await ask(path, sent);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(/`(best_of|max_tokens|max_completion_tokens|max_output_tokens)`/);
    // What it asks for is more than the budget.
    const later = await ask('/v1/chat/completions', { json: { ...chat, max_tokens: 1_000 }, headers: bearer(key) });
    expect(later.status).toBe(429);
  });
});

describe('counters that are damaged in storage', () => {
  it('refuse with a code of their own, until a reset gives the key others', async () => {
    serve(answers);
    const limits = { tokens_per_day: 1_000 };
    const key = await createKey({ id: 'damaged', limits });
    const send = (sent: string) =>
      ask('/v1/chat/completions', { json: { ...chat, max_tokens: 10 }, headers: bearer(sent) });
    expect((await send(key)).status).toBe(200);
    const counters = bindings.LIMITS?.getByName('key:damaged') as DurableObjectStub;
    await runInDurableObject(counters, (_, { storage }) => storage.sql.exec('UPDATE day SET tokens = NULL').toArray());
    await evictDurableObject(counters);
    const refused = await send(key);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect((await errorOf(refused)).code).toBe('limits_unavailable');
    expect((await send(await createKey({ id: 'damaged', limits, limits_reset_at: 1_800_000_000 }))).status).toBe(200);
  });

  it('do not take a key whose record has limits that are none', async () => {
    serve(answers);
    const key = await createKey({ id: 'no-limit', limits: { tokens_per_day: 'many' } as unknown as Limits });
    const refused = await ask('/v1/chat/completions', { json: chat, headers: bearer(key) });
    expect((await errorOf(refused)).code).toBe('keys_unavailable');
  });
});

describe('usage', () => {
  it('that is damaged in storage is reported as unknown, and logged', async () => {
    const log = bindings.USAGE?.getByName('all') as DurableObjectStub<UsageLog>;
    const counts = Object.fromEntries(COUNTS.map((name) => [name, 1])) as Record<(typeof COUNTS)[number], number>;
    const row = { day: '2026-11-24', account: 'a', model: 'm', ...counts };
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    await log.add([row, { ...row, model: 'n', microUsd: Number.NaN }]);
    await runInDurableObject(log, (_, { storage }) => storage.sql.exec('UPDATE usage SET microUsd = NULL').toArray());
    const path = '/v1/usage?from=2026-11-24&to=2026-11-24';
    const answer = (await (await ask(path, { settings: { USAGE: bindings.USAGE } })).json()) as { data: object[] };
    expect(answer.data).toEqual([expect.objectContaining({ model: 'm', requests: 1, cost_usd: null })]);
    const damaged = lines.map((line) => JSON.parse(line)).filter((line) => line.damaged);
    expect(damaged).toEqual([
      { level: 'error', damaged: 'usage', day: '2026-11-24', account: 'a', model: 'n' },
      { level: 'error', damaged: 'usage', day: '2026-11-24', account: 'a', model: 'm' },
    ]);
  });
});
