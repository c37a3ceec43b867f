import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_KEY } from '../support/gateway.ts';
import { isSoak } from '../support/soak.ts';
import { ask, chat } from './client.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

/** Webhooks out: a real receiver, the packages that receivers verify with, and `kill -9`. */

let worker: RunsWorker;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  worker = await startRunsWorker({
    WEBHOOK_LOOPBACK: 'true',
    WEBHOOK_RETRY_SECONDS: '1,1,1,1',
    TOKEN_SECRETS: `a:${'x'.repeat(32)}`,
  });
});
afterAll(async () => {
  await worker?.stop();
  await receiver?.stop();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.replies = [];
});

const post = async (path: string, body: unknown = {}) => JSON.parse((await ask(worker.port, path, { body })).text);
const get = async (path: string) => JSON.parse((await ask(worker.port, path)).text);
const background = async (headers: Record<string, string> = {}) => {
  const body = chat(`whole-20-50-${crypto.randomUUID()}`, false);
  const answer = await ask(worker.port, '/v1/chat/completions', {
    body,
    headers: { prefer: 'respond-async', ...headers },
  });
  expect(answer.status, answer.text).toBe(202);
  return JSON.parse(answer.text) as { id: string };
};
const openai = () => new OpenAI({ baseURL: `http://127.0.0.1:${worker.port}/v1`, apiKey: LOCAL_KEY, maxRetries: 0 });

interface Endpoint {
  readonly id: string;
  readonly signing_secret: string;
  readonly path: string;
}

let count = 0;
/** An endpoint for one test, deleted when it has ended. */
async function withEndpoint(test: (endpoint: Endpoint) => Promise<void>, more: object = {}): Promise<void> {
  const path = `/hook-${++count}`;
  const created = await post('/v1/webhook_endpoints', { url: receiver.url + path, ...more });
  try {
    await test({ ...created, path });
  } finally {
    await ask(worker.port, `/v1/webhook_endpoints/${created.id}`, { method: 'DELETE' });
  }
}

async function verify({ body, headers }: Received, secret: string): Promise<Record<string, unknown>> {
  const event = new Webhook(secret).verify(body, headers) as Record<string, unknown>;
  expect(await new OpenAI({ apiKey: 'x', webhookSecret: secret }).webhooks.unwrap(body, headers)).toEqual(event);
  return event;
}

describe('a run in the background that ends', () => {
  it('is told to the endpoint, which verifies it with standardwebhooks and openai', () =>
    withEndpoint(async ({ signing_secret, path }) => {
      const run = await background();
      await expect.poll(() => receiver.at(path).length, { timeout: 30_000 }).toBe(1);
      const [received] = receiver.at(path) as [Received];
      const event = await verify(received, signing_secret);
      expect(received.headers['webhook-id']).toBe(event.id);
      const { id, url } = event.data as { id: string; url: string };
      expect(event).toMatchObject({ object: 'event', type: 'run.completed', data: { id: run.id } });
      expect(url).toBe(`http://127.0.0.1:${worker.port}/v1/runs/${run.id}`);
      expect(id).toBe(run.id);
      expect((await get(new URL(url).pathname)).status).toBe('completed');
      expect(() => new Webhook(signing_secret).verify(`${received.body} `, received.headers)).toThrow();
    }));

  it('has failed or was cancelled: the type says so, and an endpoint gets what it has subscribed to', () =>
    withEndpoint(
      async ({ path }) => {
        await background();
        const failing = { body: chat('status-400', false), headers: { prefer: 'respond-async' } };
        await ask(worker.port, '/v1/chat/completions', failing);
        const slow = await ask(worker.port, '/v1/chat/completions', {
          body: chat('whole-20000-10', false),
          headers: { prefer: 'respond-async' },
        });
        await ask(worker.port, `/v1/runs/${JSON.parse(slow.text).id}/cancel`, { method: 'POST' });
        const types = () => receiver.at(path).map(({ body }) => JSON.parse(body).type);
        await expect.poll(() => types().sort(), { timeout: 30_000 }).toEqual(['run.cancelled', 'run.failed']);
      },
      { event_types: ['run.failed', 'run.cancelled'] },
    ));

  it('is told to the webhook that came with the request, signed with its secret', async () => {
    const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const body = chat('whole-20-50-own', false);
    const headers = { 'x-cedalion-webhook': `${receiver.url}/own`, 'x-cedalion-webhook-secret': secret };
    const answer = await ask(worker.port, '/v1/chat/completions', { body, headers });
    expect(answer.status).toBe(202);
    await expect.poll(() => receiver.at('/own').length, { timeout: 30_000 }).toBe(1);
    const event = await verify(receiver.at('/own')[0] as Received, secret);
    expect(event).toMatchObject({ type: 'run.completed', data: { id: JSON.parse(answer.text).id } });
  });
});

describe('a run of a client token', () => {
  it('is told to the endpoints of the key that issued it, with the subject of the token', () =>
    withEndpoint(async ({ path }) => {
      const token = await post('/v1/client_secrets', { subject: 'user-42' });
      await background({ authorization: `Bearer ${token.value}` });
      await expect.poll(() => receiver.at(path).length, { timeout: 30_000 }).toBe(1);
      expect(JSON.parse(receiver.at(path)[0]?.body ?? '{}').data.subject).toBe(token.subject);
    }));
});

describe('an endpoint that fails', () => {
  it('with 500, 302, and 503 with Retry-After gets the same event again, until it answers 2xx', () =>
    withEndpoint(async ({ id, signing_secret, path }) => {
      const elsewhere = { location: `${receiver.url}/elsewhere` };
      receiver.replies = [
        { status: 500 },
        { status: 302, headers: elsewhere },
        { status: 503, headers: { 'retry-after': '3' } },
        { status: 200 },
      ];
      await background();
      await expect.poll(() => receiver.at(path).length, { timeout: 15_000 }).toBe(4);
      const all = receiver.at(path);
      expect(new Set(all.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      for (const one of all) await verify(one, signing_secret);
      const gaps = all.slice(1).map(({ at }, i) => at - (all[i]?.at ?? 0));
      expect(gaps[2]).toBeGreaterThanOrEqual(3_000);
      expect(receiver.at('/elsewhere')).toEqual([]);
      await expect
        .poll(async () => (await get(`/v1/webhook_endpoints/${id}/deliveries`)).data[0].status)
        .toBe('delivered');
      const { data } = await get(`/v1/webhook_endpoints/${id}/deliveries`);
      expect(data[0].attempts.map((attempt: { status_code: number }) => attempt.status_code)).toEqual([
        500, 302, 503, 200,
      ]);
    }));

  it('with 410 is disabled, until its owner enables it; what failed can be sent again', () =>
    withEndpoint(async ({ id, path }) => {
      receiver.replies = [{ status: 410 }];
      await background();
      const endpoint = () => get(`/v1/webhook_endpoints/${id}`);
      await expect.poll(async () => (await endpoint()).disabled_because, { timeout: 30_000 }).toBe('gone');
      const second = await background();
      await expect.poll(async () => (await get(`/v1/runs/${second.id}`)).status).toBe('completed');
      const [{ id: event, status }] = (await get(`/v1/webhook_endpoints/${id}/deliveries`)).data;
      expect([status, receiver.at(path).length]).toEqual(['failed', 1]);
      const again = `/v1/webhook_endpoints/${id}/deliveries/${event}/redeliver`;
      expect((await post(again)).error.code).toBe('webhook_endpoint_disabled');
      expect(await post(`/v1/webhook_endpoints/${id}`, { enabled: true })).toMatchObject({ enabled: true });
      expect((await post(again)).status).toBe('pending');
      await expect.poll(() => receiver.at(path).length, { timeout: 30_000 }).toBe(2);
      expect(new Set(receiver.at(path).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    }));

  it('until the schedule ends has failed, with every attempt recorded', () =>
    withEndpoint(async ({ id, path }) => {
      receiver.replies = Array.from({ length: 9 }, () => ({ status: 500 }));
      await background();
      const delivery = async () => (await get(`/v1/webhook_endpoints/${id}/deliveries`)).data[0];
      await expect.poll(async () => (await delivery())?.status, { timeout: 15_000 }).toBe('failed');
      expect((await delivery()).attempts).toHaveLength(5);
      expect(receiver.at(path)).toHaveLength(5);
    }));

  it('and is slow does not hold up the others', () =>
    withEndpoint(async ({ path }) => {
      await withEndpoint(async ({ path: other }) => {
        receiver.replies = [{ status: 200, ms: 12_000 }];
        await post('/v1/chat/completions', { ...chat('whole-1-1', false), background: true });
        await expect.poll(() => receiver.received.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
        const slow = receiver.received[0]?.path;
        const quick = slow === path ? other : path;
        const before = Date.now();
        await background();
        await expect.poll(() => receiver.at(quick).length, { timeout: 10_000 }).toBe(2);
        expect(Date.now() - before).toBeLessThan(10_000);
      });
    }));
});

describe('kill -9', () => {
  it.runIf(isSoak)(
    'between attempts, in one, and between the end of a run and its webhook loses no event',
    () =>
      withEndpoint(async ({ path, signing_secret }) => {
        receiver.replies = [{ status: 500 }];
        const first = await background();
        await expect.poll(() => receiver.at(path).length, { timeout: 30_000 }).toBe(1);
        await worker.restart();
        await expect.poll(() => receiver.at(path).length, { timeout: 15_000 }).toBe(2);

        receiver.replies = [{ status: 200, ms: 5_000 }];
        const second = await background();
        await expect.poll(() => receiver.at(path).length, { timeout: 30_000 }).toBe(3);
        await worker.restart();
        await expect.poll(() => receiver.at(path).length, { timeout: 15_000 }).toBe(4);

        const started = await Promise.all(Array.from({ length: 10 }, () => background()));
        await new Promise((resolve) => setTimeout(resolve, 30 * Math.random()));
        await worker.restart();
        const ids = () => new Set(receiver.at(path).map(({ body }) => JSON.parse(body).data.id));
        const all = [first, second, ...started].map(({ id }) => id);
        await expect.poll(() => all.every((id) => ids().has(id)), { timeout: 30_000 }).toBe(true);
        const events = new Map<string, string>();
        for (const one of receiver.at(path)) {
          const event = (await verify(one, signing_secret)) as { id: string; data: { id: string } };
          expect(events.get(event.data.id) ?? event.id).toBe(event.id);
          events.set(event.data.id, event.id);
        }
      }),
    90_000,
  );
});

describe('client.webhooks of openai', () => {
  it('creates, tests, rotates and deletes endpoints', async () => {
    const { webhooks } = openai();
    const url = `${receiver.url}/sdk`;
    const created = await webhooks.create({ url, name: 'mine', event_types: ['run.completed' as never] });
    expect(created).toMatchObject({ object: 'webhook_endpoint', name: 'mine', url });
    const test = { event_type: 'webhook.test' as never };
    expect(await webhooks.test(created.id, test)).toMatchObject({ success: true, status_code: 204 });
    await verify(receiver.at('/sdk')[0] as Received, created.signing_secret);
    const rotated = await webhooks.rotateSecret(created.id);
    await webhooks.test(created.id, test);
    // For 24 h, who has the old secret verifies, too.
    for (const secret of [created.signing_secret, rotated.signing_secret]) {
      await verify(receiver.at('/sdk')[1] as Received, secret);
    }
    await webhooks.rotateSecret(created.id, { keep_old_secret_active_for_24_hours: false });
    await webhooks.test(created.id, test);
    await expect(verify(receiver.at('/sdk')[2] as Received, rotated.signing_secret)).rejects.toThrow();
    const listed = [];
    for await (const endpoint of webhooks.list()) listed.push(endpoint);
    expect(listed.map(({ id }) => id)).toContain(created.id);
    expect(JSON.stringify(listed)).not.toMatch(/signing_secret"/);
    expect(await webhooks.delete(created.id)).toMatchObject({ deleted: true });
    await expect(webhooks.retrieve(created.id)).rejects.toMatchObject({ code: 'webhook_endpoint_not_found' });
  });
});
