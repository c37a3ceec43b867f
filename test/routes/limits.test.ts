import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import type { Limits } from '../../src/base/limits.ts';
import type { Grant, LimiterMessage } from '../../src/metering/limiter-message.ts';
import { limiterOf } from '../support/counters.ts';
import { bearer, createKey } from '../support/keys.ts';
import { pngOf } from '../support/pictures.ts';
import { isSoak } from '../support/soak.ts';
import { ask, bindings, errorOf, eventStream, KEY, ORIGIN, serve } from '../support/worker.ts';

afterEach(() => {
  vi.useRealTimers();
});

const CHAT = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }], max_tokens: 10 };
const USAGE = { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 };
const answers = {
  [`${ORIGIN}/v1/`]: () =>
    Response.json({ choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop' }], usage: USAGE }),
};
/** 1 USD per million tokens: a microdollar each. */
const PRICES = JSON.stringify({ 'tiny-text': { input: 1, output: 1 } });

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let ids = 0;
/** A key with these limits. */
async function limited(limits: Limits) {
  const id = `limited${ids++}`;
  const key = await createKey({ id, limits });
  const chat = (more: object = {}, headers: Record<string, string> = {}) =>
    ask('/v1/chat/completions', {
      json: { ...CHAT, ...more },
      headers: { ...bearer(key), ...headers },
      settings: { PRICES },
    });
  return { id, key, chat };
}

type Exchanging = { exchange(message: LimiterMessage): Promise<Grant> };

/** The objects, with what they are sent. @param change what isolates get in place of their answers */
function observed(change = (answer: Promise<Grant>): Promise<Grant> => answer) {
  const messages: LimiterMessage[] = [];
  const getByName = (name: string): Exchanging => ({
    exchange(message) {
      messages.push(message);
      const namespace = bindings.LIMITS as DurableObjectNamespace;
      return change((namespace.getByName(name) as unknown as Exchanging).exchange(message));
    },
  });
  return { messages, LIMITS: { getByName } as unknown as DurableObjectNamespace };
}

describe('requests per minute', () => {
  // The minute of a slow machine would end within a test.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });

  it('are counted exactly where the limit is narrow, and come back with the next minute', async () => {
    serve(answers);
    const { chat } = await limited({ requests_per_minute: 3 });
    for (const left of [2, 1, 0]) {
      const answer = await chat();
      expect(answer.status).toBe(200);
      expect(answer.headers.get('ratelimit-policy')).toBe('"requests_per_minute";q=3;w=60');
      expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"requests_per_minute";r=${left};t=(60|5\\d)$`));
      expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('3');
      expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe(String(left));
    }
    const refused = await chat();
    expect(refused.status).toBe(429);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(50);
    expect(wait).toBeLessThanOrEqual(60);
    expect(refused.headers.get('x-should-retry')).toBeNull();
    expect(await errorOf(refused)).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + wait * 1000 });
    expect((await chat()).status).toBe(200);
  });

  it('are refused at once in an isolate that was refused before, without asking the object', async () => {
    serve(answers);
    const { key } = await limited({ requests_per_minute: 1 });
    const { LIMITS, messages } = observed();
    const models = () => ask('/v1/models', { headers: bearer(key), settings: { LIMITS } });
    expect((await models()).status).toBe(200);
    expect((await models()).status).toBe(429);
    expect(messages).toHaveLength(2);
    expect((await models()).status).toBe(429);
    expect(messages).toHaveLength(2);
  });

  it('admit exactly 20 of 200 at once', async () => {
    serve(answers);
    const { key } = await limited({ requests_per_minute: 20 });
    const answered = await Promise.all(
      Array.from({ length: 200 }, () => ask('/v1/models', { headers: bearer(key) }).then(({ status }) => status)),
    );
    expect(answered.filter((status) => status === 200)).toHaveLength(20);
    expect(answered.filter((status) => status === 429)).toHaveLength(180);
  });

  it('are leased where the limit is wide: few messages for many requests', async () => {
    serve(answers);
    const { key } = await limited({ requests_per_minute: 100_000 });
    const namespace = bindings.LIMITS as DurableObjectNamespace;
    const asked = vi.fn((name: string) => namespace.getByName(name));
    for (let i = 0; i < 250; i++) {
      const settings = { LIMITS: { getByName: asked } as unknown as DurableObjectNamespace };
      expect((await ask('/v1/models', { headers: bearer(key), settings })).status).toBe(200);
    }
    // A lease has 500 requests here, and the next one is asked for when half of it is used.
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it.runIf(isSoak)(
    'never admit more than the limit over several isolates, and no less than their unused leases',
    async () => {
      serve(answers);
      const { key } = await limited({ requests_per_minute: 1_000 });
      let admitted = 0;
      const isolates = 3;
      for (let isolate = 0; isolate < isolates; isolate++) {
        resetIsolate('leases', 'isolate-id');
        const statuses = await Promise.all(
          Array.from({ length: 350 }, () => ask('/v1/models', { headers: bearer(key) }).then(({ status }) => status)),
        );
        admitted += statuses.filter((status) => status === 200).length;
      }
      expect(admitted).toBeLessThanOrEqual(1_000);
      // A lease has at most ten requests.
      expect(admitted).toBeGreaterThanOrEqual(1_000 - isolates * 9);
    },
  );
});

describe('a budget', () => {
  it('is reserved before a request, and settled by what the host says', async () => {
    serve(answers);
    const { chat, id } = await limited({ usd_per_day: 0.001, tokens_per_day: 1_000 });
    expect((await chat()).status).toBe(200);
    expect(await limiterOf(`key:${id}`)).toEqual({
      days: [{ requests: 1, tokens: 10, images: 0, microUsd: 10 }],
      reserved: [],
    });
  });

  it('shows the numbers of the limit that refused', async () => {
    serve(answers);
    const { chat } = await limited({ requests_per_minute: 100, requests_per_day: 1 });
    expect((await chat()).headers.get('x-ratelimit-remaining-requests')).toBe('99');
    const { status, headers } = await chat();
    expect(status).toBe(429);
    const shown = ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}-requests`));
    expect(shown).toEqual(['1', '0', `${headers.get('retry-after')}s`]);
  });

  it('refuses with a code that SDKs do not retry, until midnight UTC', async () => {
    serve(answers);
    const { chat } = await limited({ usd_per_day: 0.00004 });
    const statuses: number[] = [];
    let refused: Response | undefined;
    for (let i = 0; i < 4; i++) {
      const answer = await chat();
      statuses.push(answer.status);
      if (answer.status === 429) refused ??= answer;
    }
    // About 40 are reserved for each, of which 10 are used.
    expect(statuses).toEqual([200, 429, 429, 429]);
    expect(refused?.headers.get('x-should-retry')).toBe('false');
    expect(await errorOf(refused as Response)).toMatchObject({
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    });
    const midnight = (Math.floor(Date.now() / 86_400_000) + 1) * 86_400_000;
    // A client that obeys it would sleep for hours.
    expect(refused?.headers.get('retry-after')).toBeNull();
    vi.useFakeTimers({ toFake: ['Date'], now: midnight + 1_000 });
    expect((await chat()).status).toBe(200);
  });

  it('says what a first request may cost that does not fit, and what to send', async () => {
    serve(answers);
    const { chat } = await limited({ usd_per_day: 0.004 });
    const refused = await chat({ max_tokens: 5_000 });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, null]);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    const { message, param } = await errorOf(refused);
    expect(message).toMatch(
      /^This request may use up to 0\.0050\d+ USD, and 0\.004 of 0\.004 USD per day are left beside what running requests have reserved\. Send a lower `max_tokens`, or less input\.$/,
    );
    expect(param).toBe('max_tokens');
    expect((await chat({ max_tokens: 50 })).status).toBe(200);
  });

  it('is used up when nothing is left, and says until when', async () => {
    const { chat } = await limited({ tokens_per_day: 0 });
    const { message, param } = await errorOf(await chat());
    expect(message).toBe('The limit of 0 tokens per day is used up until midnight UTC.');
    expect(param).toBeNull();
  });

  it('is given back if the host fails', async () => {
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ error: { message: 'no' } }, { status: 400 }) });
    const { chat, id } = await limited({ usd_per_day: 1 });
    expect((await chat()).status).toBe(400);
    expect(await limiterOf(`key:${id}`)).toEqual({
      days: [{ requests: 1, tokens: 0, images: 0, microUsd: 0 }],
      reserved: [],
    });
  });

  it('is not touched by a request that is invalid', async () => {
    serve({});
    const { chat, id } = await limited({ usd_per_day: 1 });
    expect((await chat({ temperature: 9 })).status).toBe(400);
    expect(await limiterOf(`key:${id}`)).toEqual({ days: [], reserved: [] });
  });

  it('counts a stream after its last byte, by its usage', async () => {
    const events = [{ choices: [{ delta: { content: 'x' } }] }, { choices: [], usage: USAGE }, '[DONE]'];
    serve({ [`${ORIGIN}/v1/`]: () => eventStream(events) });
    const { chat, id } = await limited({ tokens_per_day: 1_000 });
    const answer = await chat({ stream: true });
    await answer.text();
    await vi.waitFor(async () => {
      expect((await limiterOf(`key:${id}`)).days).toEqual([expect.objectContaining({ requests: 1, tokens: 10 })]);
    });
  });

  it('counts a stream without usage by its events, as an estimate', async () => {
    const events = Array.from({ length: 50 }, () => ({ choices: [{ delta: { content: 'word' } }] }));
    serve({ [`${ORIGIN}/v1/`]: () => eventStream([...events, '[DONE]']) });
    const { chat, id } = await limited({ tokens_per_day: 1_000 });
    await (await chat({ stream: true })).text();
    await vi.waitFor(async () => {
      const [day] = (await limiterOf(`key:${id}`)).days;
      // 50 events and the end, and a prompt of about 100 bytes.
      expect(day?.tokens).toBeGreaterThanOrEqual(70);
      expect(day?.tokens).toBeLessThanOrEqual(85);
    });
  });

  it('of a request with several completions reserves them all', async () => {
    serve(answers);
    const { chat } = await limited({ tokens_per_day: 100 });
    expect((await chat({ n: 20 })).status).toBe(429);
    expect((await chat({ n: 2 })).status).toBe(200);
  });

  it('is settled on the day of the object, whose clock may be ahead', async () => {
    serve(answers);
    const { key, id } = await limited({ tokens_per_day: 1_000 });
    const { LIMITS } = observed(async (answer) => {
      const grant = await answer;
      return { ...grant, now: grant.now + 50, minuteEndsAt: grant.minuteEndsAt + 50 };
    });
    const answer = await ask('/v1/chat/completions', { json: CHAT, headers: bearer(key), settings: { LIMITS } });
    expect(answer.status).toBe(200);
    expect(await limiterOf(`key:${id}`)).toEqual({ days: [expect.objectContaining({ tokens: 10 })], reserved: [] });
  });

  it('loses nothing and counts nothing twice if the object answers late', async () => {
    serve(answers);
    const { key, id } = await limited({ tokens_per_day: 1_000, concurrent_requests: 1 });
    let delay = 0;
    const { LIMITS } = observed((answer) => answer.then((grant) => sleep(delay).then(() => grant)));
    const chat = async () =>
      (await ask('/v1/chat/completions', { json: CHAT, headers: bearer(key), settings: { LIMITS } })).status;
    expect(await chat()).toBe(200);
    delay = 2_200;
    expect(await chat()).toBe(503);
    delay = 0;
    expect(await chat()).toBe(200);
    expect(await limiterOf(`key:${id}`)).toEqual({
      days: [expect.objectContaining({ requests: 2, tokens: 20 })],
      reserved: [],
    });
  });

  it.each([
    ['each prompt', { prompt: Array.from({ length: 10 }, () => 'hi'), max_tokens: 100 }],
    ['each of best_of', { prompt: 'hi', max_tokens: 100, best_of: 10 }],
    ['the larger of two limits', { prompt: 'hi', max_tokens: 1_000, max_completion_tokens: 1 }],
  ])('reserves the completions of %s', async (_, json) => {
    serve(answers);
    const { key } = await limited({ tokens_per_day: 500 });
    const send = (more: object) =>
      ask('/v1/completions', { json: { model: 'tiny-text', ...more }, headers: bearer(key) });
    expect((await send(json)).status).toBe(429);
    expect((await send({ prompt: 'hi', max_tokens: 100 })).status).toBe(200);
  });

  it('counts a picture in a chat as a picture, whatever the length of its base64', async () => {
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ choices: [{ index: 0, message: { content: 'x' } }] }) });
    const { id, chat } = await limited({ tokens_per_day: 10_000 });
    const url = `data:image/png;base64,${'A'.repeat(400_000)}`;
    const content = [{ type: 'image_url', image_url: { url } }];
    expect((await chat({ messages: [{ role: 'user', content }] })).status).toBe(200);
    const [day] = (await limiterOf(`key:${id}`)).days;
    expect(day?.tokens).toBeGreaterThan(1_000);
    expect(day?.tokens).toBeLessThan(1_100);
  });

  it('counts the pictures that a host generated, also if the request fails', async () => {
    let count = 0;
    const png = () => new Response(pngOf(256, 256), { headers: { 'content-type': 'image/png' } });
    const fail = () => Response.json({ error: 'no' }, { status: 400 });
    serve({ [`${ORIGIN}/models/`]: () => (count++ < 2 ? png() : sleep(1_000).then(fail)) });
    const { key, id } = await limited({ images_per_day: 10 });
    const answer = await ask('/v1/images/generations', { json: { prompt: 'a', n: 3 }, headers: bearer(key) });
    expect(answer.status).toBe(400);
    expect((await limiterOf(`key:${id}`)).days).toEqual([expect.objectContaining({ images: 2 })]);
  });

  it('closes if the object cannot be asked; a rate stays open', async () => {
    serve(answers);
    const broken = { LIMITS: { getByName: () => ({ exchange: () => Promise.reject(new Error('gone')) }) } };
    const settings = broken as unknown as { LIMITS: DurableObjectNamespace };
    const money = await createKey({ id: 'money', limits: { usd_per_day: 1 } });
    const rate = await createKey({ id: 'rate', limits: { requests_per_minute: 1 } });
    const closed = await ask('/v1/chat/completions', { json: CHAT, headers: bearer(money), settings });
    expect(closed.status).toBe(503);
    expect((await errorOf(closed)).code).toBe('limits_unavailable');
    for (let i = 0; i < 3; i++) {
      expect((await ask('/v1/chat/completions', { json: CHAT, headers: bearer(rate), settings })).status).toBe(200);
    }
    expect((await ask('/v1/models', { headers: bearer(money), settings: { LIMITS: undefined } })).status).toBe(503);
  });

  it('counts the images of a request', async () => {
    const { key, id } = { ...(await limited({ images_per_day: 3 })) };
    serve({});
    const answer = await ask('/v1/images/generations', { json: { prompt: 'a', n: 4 }, headers: bearer(key) });
    expect(answer.status).toBe(429);
    expect((await errorOf(answer)).message).toContain('3 images per day');
    expect((await limiterOf(`key:${id}`)).days).toEqual([]);
  });
});

describe('concurrent requests', () => {
  it('are counted until the last byte', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    serve({ [`${ORIGIN}/v1/`]: () => held.then(() => answers[`${ORIGIN}/v1/`]?.() as Response) });
    const { chat } = await limited({ concurrent_requests: 2 });
    const running = [chat(), chat()];
    await vi.waitFor(async () => {
      const third = await chat({ stream: true });
      expect(third.status).toBe(429);
      expect(third.headers.get('retry-after')).toBe('1');
      expect((await errorOf(third)).message).toContain('2 concurrent requests');
    });
    release();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await chat()).status).toBe(200);
  });

  it('leave room to follow a run in the background and to cancel it, which costs what it may have used', async () => {
    const { requests } = serve({ [`${ORIGIN}/v1/`]: () => new Promise<Response>(() => {}) });
    const { key, chat } = await limited({ concurrent_requests: 1, tokens_per_day: 10_000 });
    const headers = bearer(key);
    const run = (await (await chat({ background: true, max_tokens: 5_000 })).json()) as { id: string };
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    expect((await chat()).status).toBe(429);
    expect((await ask(`/v1/runs/${run.id}`, { headers })).status).toBe(200);
    const cancelled = await ask(`/v1/runs/${run.id}/cancel`, { method: 'POST', headers });
    expect(await cancelled.json()).toMatchObject({ status: 'cancelled' });
    await vi.waitFor(async () => {
      const next = await chat({ max_tokens: 6_000 });
      expect([next.status, (await errorOf(next)).code]).toEqual([429, 'insufficient_quota']);
    });
  });
});

describe('a client token', () => {
  const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters', PRICES };

  it('is counted exactly if another token of its subject has no budget', async () => {
    serve(answers);
    const token = async (limits: Limits) => {
      const json = { subject: 'both', limits };
      const answer = await ask('/v1/client_secrets', { json, headers: bearer(KEY), settings });
      return (await answer.json()) as { value: string; subject: string };
    };
    const wide = { requests_per_minute: 100_000 };
    const [rate, budget] = [await token(wide), await token({ ...wide, tokens_per_day: 1_000_000 })];
    const chat = ({ value }: { value: string }) =>
      ask('/v1/chat/completions', { json: CHAT, headers: bearer(value), settings });
    // Reserves a hundred of them, and writes what was used two seconds later.
    await chat(rate);
    expect((await Promise.all([rate, budget, rate, budget].map(chat))).map(({ status }) => status)).toEqual([
      200, 200, 200, 200,
    ]);
    expect(await limiterOf(`subject:operator:${budget.subject}`)).toEqual({
      days: [expect.objectContaining({ requests: 2, tokens: 20 })],
      reserved: [],
    });
  });

  it('that its key refuses takes no place among the concurrent requests', async () => {
    serve(answers);
    const key = await createKey({ id: 'narrow', limits: { requests_per_minute: 1 } });
    const json = { subject: 's', limits: { concurrent_requests: 1 } };
    const secret = await ask('/v1/client_secrets', { json, headers: bearer(key), settings });
    const { value } = (await secret.json()) as { value: string };
    const chat = async () =>
      (await ask('/v1/chat/completions', { json: CHAT, headers: bearer(value), settings })).status;
    // The request for the token was the one of this minute.
    expect(await chat()).toBe(429);
    resetIsolate('leases', 'isolate-id');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect(await chat()).toBe(200);
  });

  it('that its IP address refuses uses up nothing of its key', async () => {
    serve(answers);
    const key = await createKey({ id: 'shared', limits: { requests_per_minute: 3 } });
    const token = async (subject: string) => {
      const secret = await ask('/v1/client_secrets', { json: { subject }, headers: bearer(key), settings });
      return ((await secret.json()) as { value: string }).value;
    };
    const value = await token('flood');
    const models = async (ip: string) => {
      const headers = { ...bearer(value), 'cf-connecting-ip': ip };
      return (await ask('/v1/models', { headers, settings: { ...settings, IP_REQUESTS_PER_MINUTE: '1' } })).status;
    };
    expect([await models('192.0.2.7'), await models('192.0.2.7'), await models('192.0.2.7')]).toEqual([200, 429, 429]);
    resetIsolate('leases', 'isolate-id');
    expect(await models('192.0.2.8')).toBe(200);
  });

  it('has the limits of its subject, of its key and of its IP address', async () => {
    serve(answers);
    const key = await createKey({ id: 'parent', limits: { requests_per_minute: 3 } });
    const token = async (subject: string) => {
      const json = { subject, limits: { requests_per_minute: 2 } };
      const answer = await ask('/v1/client_secrets', { json, headers: bearer(KEY), settings });
      return ((await answer.json()) as { value: string }).value;
    };
    const byKey = async (subject: string) => {
      const json = { subject, limits: { requests_per_minute: 2 } };
      const answer = await ask('/v1/client_secrets', { json, headers: bearer(key), settings });
      return ((await answer.json()) as { value: string }).value;
    };
    const statusOf = async (value: string, ip = '192.0.2.1', more: object = {}) =>
      (
        await ask('/v1/models', {
          headers: { ...bearer(value), 'cf-connecting-ip': ip },
          settings: { ...settings, ...more },
        })
      ).status;
    // Two tokens of one subject count together.
    const [one, same] = [await token('a'), await token('a')];
    expect([await statusOf(one), await statusOf(same), await statusOf(one)]).toEqual([200, 200, 429]);
    // The request for a token was the first of three.
    const child = await byKey('b');
    expect([await statusOf(child), await statusOf(child), await statusOf(child)]).toEqual([200, 200, 429]);
    // One network of IPv6.
    const few = { IP_REQUESTS_PER_MINUTE: '2' };
    const others = [await token('c'), await token('d'), await token('e')] as const;
    expect(await statusOf(others[0], '2001:db8:0:1::1', few)).toBe(200);
    expect(await statusOf(others[1], '2001:db8::1:0:0:0:2', few)).toBe(200);
    expect(await statusOf(others[2], '2001:0db8:0000:0001:ffff::3', few)).toBe(429);
    expect(await statusOf(others[2], '2001:db8:0:2::1', few)).toBe(200);
  });
});
