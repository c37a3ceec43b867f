import { expect, it, vi } from 'vitest';
import { nameOfKey } from '../../src/access/key-records.ts';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { bearer, createKey } from '../support/keys.ts';
import { ask, bindings, errorOf, eventStream, ORIGIN, serve } from '../support/worker.ts';

/** Credentials are checked when a request comes: what it has begun goes on. */

const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' };
const CHAT = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }], max_tokens: 10 };
const TEXT = { choices: [{ index: 0, message: { content: 'late' }, finish_reason: 'stop' }] };

/**
 * A host that answers when it is told to. It asks again and again: a promise does not reach from one request
 * to another.
 */
function holding(answer: () => Response): () => void {
  let isHolding = true;
  const released = async (): Promise<Response> => {
    while (isHolding) await new Promise((resolve) => setTimeout(resolve, 10));
    return answer();
  };
  serve({ [`${ORIGIN}/v1/`]: released });
  return () => {
    isHolding = false;
  };
}

async function revoke(key: string): Promise<void> {
  await bindings.KEYS?.delete(`key:v1:${await nameOfKey(key)}`);
  resetIsolate('key-records', 'verified-tokens');
}

async function tokenOf(key: string): Promise<string> {
  const json = { subject: 'someone', limits: { tokens_per_day: 1_000 } };
  const answer = await ask('/v1/client_secrets', { json, headers: bearer(key), settings });
  return ((await answer.json()) as { value: string }).value;
}

/** Each request with settings of its own: no isolate has authenticated it before. */
const read = (path: string, credential: string) =>
  ask(path, { headers: bearer(credential), settings: { ...settings } });

it('a run in the background goes on when its key is revoked, and another key of the same id reads it', async () => {
  const answer = holding(() => Response.json(TEXT));
  const key = await createKey({ id: 'revoked', limits: { tokens_per_day: 1_000 } });
  const token = await tokenOf(key);
  const headers = { ...bearer(token), prefer: 'respond-async' };
  const started = await ask('/v1/chat/completions', { json: CHAT, headers, settings });
  expect(started.status).toBe(202);
  const path = `/v1/runs/${started.headers.get('x-run-id')}`;
  await revoke(key);
  expect((await errorOf(await read(path, token))).code).toBe('invalid_api_key');
  answer();
  const rotated = await createKey({ id: 'revoked', limits: { tokens_per_day: 1_000 } });
  const again = await tokenOf(rotated);
  await expect
    .poll(async () => ((await (await read(path, again)).json()) as { status: string }).status, { timeout: 30_000 })
    .toBe('completed');
  expect(await (await read(`${path}/result`, again)).json()).toMatchObject(TEXT);
});

it('a run in the background goes on when its token expires, and the next token of its subject reads it', async () => {
  const answer = holding(() => Response.json(TEXT));
  const key = await createKey({ id: 'expiring', limits: { tokens_per_day: 1_000 } });
  const token = await tokenOf(key);
  const headers = { ...bearer(token), prefer: 'respond-async' };
  const started = await ask('/v1/chat/completions', { json: CHAT, headers, settings });
  const path = `/v1/runs/${started.headers.get('x-run-id')}`;
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  const refused = await read(path, token);
  clock.mockRestore();
  expect((await errorOf(refused)).code).toBe('token_expired');
  answer();
  const next = await tokenOf(key);
  const waiting = { headers: { ...bearer(next), prefer: 'wait=5' }, settings };
  expect(await (await ask(`${path}/result`, waiting)).json()).toMatchObject(TEXT);
});

it('a stream goes on to its end when its key is revoked, and what it used counts', async () => {
  const usage = { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 };
  const answer = holding(() => eventStream([TEXT, { choices: [], usage }, '[DONE]']));
  const key = await createKey({ id: 'streaming', limits: { tokens_per_day: 1_000 } });
  const streamed = ask('/v1/chat/completions', { json: { ...CHAT, stream: true }, headers: bearer(key), settings });
  await revoke(key);
  answer();
  expect(await (await streamed).text()).toContain('[DONE]');
  const rotated = await createKey({ id: 'streaming', limits: { tokens_per_day: 1_000 } });
  await expect
    .poll(async () => (await read('/v1/models', rotated)).headers.get('x-ratelimit-remaining-tokens'), {
      timeout: 30_000,
    })
    .toBe('990');
});
