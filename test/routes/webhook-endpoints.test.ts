import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { digest } from '../../src/base/bytes/digest.ts';
import type { WebhookEvent } from '../../src/runs/webhooks/event.ts';
import type { WebhookSender } from '../../src/runs/webhooks/webhook-sender.ts';
import { webhooksOf } from '../../src/runs/webhooks/webhooks-of.ts';
import { runAlarms } from '../support/alarms.ts';
import { bearer, createKey } from '../support/keys.ts';
import { ask, bindings, errorOf, KEY, serve } from '../support/worker.ts';

const URL_OUT = 'https://hooks.example.com/in';
const PATH = '/v1/webhook_endpoints';
const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' };
const create = (json: object = { url: URL_OUT }, key = KEY) => ask(PATH, { json, headers: bearer(key), settings });
const json = async (answer: Response | Promise<Response>) => (await answer).json() as Promise<Record<string, unknown>>;
const NOW = Date.now();
const event = (id: string): WebhookEvent => ({
  ...{ id, type: 'run.completed', createdAt: NOW },
  data: { id: 'run_1', url: 'https://cedalion.example.com/v1/runs/run_1' },
});
/** Of the operator. */
const object = () => (bindings.WEBHOOKS as DurableObjectNamespace<WebhookSender>).getByName('operator');
const webhooks = () => webhooksOf({ account: 'operator' }, bindings);

describe('POST /v1/webhook_endpoints', () => {
  it('answers with a secret that nothing else shows', async () => {
    const created = await json(create({ url: URL_OUT, name: 'mine', event_types: ['run.failed'] }));
    const { id, signing_secret: secret } = created as { id: string; signing_secret: string };
    expect(secret).toMatch(/^whsec_[A-Za-z\d+/]{43}=$/);
    expect(created).toMatchObject({
      object: 'webhook_endpoint',
      url: URL_OUT,
      name: 'mine',
      event_types: ['run.failed'],
      enabled: true,
    });
    for (const path of [PATH, `${PATH}/${id}`, `${PATH}/${id}/deliveries`]) {
      expect(await (await ask(path)).text()).not.toContain(secret.slice(6, 40));
    }
    expect(created.signing_secret_hint).toBe(`whsec_...${secret.slice(-4)}`);
  });

  it.each([
    'http://example.com/',
    'https://10.0.0.1/',
    'https://localhost/',
    'https://0x0a000001/',
    'https://[::1]/',
    'https://user:pw@example.com/',
    'https://example.com:8443/',
    'https://metadata.google.internal/',
    'ftp://example.com/',
    'http://127.0.0.1:8080/',
    'nothing',
  ])('refuses %s', async (url) => {
    const answer = await create({ url });
    expect([answer.status, (await errorOf(answer)).code]).toEqual([400, 'webhook_url_refused']);
    const { id } = await json(create());
    expect((await ask(`${PATH}/${id}`, { json: { url } })).status).toBe(400);
    const header = { 'x-cedalion-webhook': url, 'x-cedalion-webhook-secret': 'x' };
    const chat = { model: 'tiny-text', messages: [{ role: 'user', content: 'x' }] };
    const run = await ask('/v1/chat/completions', { json: chat, headers: header });
    expect((await errorOf(run)).param).toBe('X-Cedalion-Webhook');
  });

  it.each([
    [{}, 'url'],
    [{ url: URL_OUT, event_types: [] }, 'event_types'],
    [{ url: URL_OUT, event_types: ['batch.completed'] }, 'event_types[0]'],
    [{ url: URL_OUT, secret: 'x' }, 'secret'],
  ])('rejects %j', async (body, param) => {
    const answer = await create(body);
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).param).toBe(param);
  });

  it('rejects a URL of more than 2,048 characters', async () => {
    const answer = await create({ url: `https://example.com/${'x'.repeat(2048)}` });
    expect([answer.status, (await errorOf(answer)).param]).toEqual([400, 'url']);
  });

  it('allows ten of an account', async () => {
    for (let i = 0; i < 10; i++) expect((await create()).status).toBe(200);
    const answer = await create();
    expect([answer.status, (await errorOf(answer)).code]).toEqual([429, 'webhook_limit_exceeded']);
    const { data } = (await json(ask(PATH))) as { data: { id: string }[] };
    expect((await ask(`${PATH}/${data[0]?.id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await create()).status).toBe(200);
  });
});

describe('endpoints of others', () => {
  it('are not there for another key, and client tokens have none', async () => {
    const { id } = await json(create());
    const other = bearer(await createKey());
    expect(await json(ask(PATH, { headers: other }))).toMatchObject({ data: [] });
    const requests: [string, string, object?][] = [
      ['GET', ''],
      ['POST', '', {}],
      ['DELETE', ''],
      ['POST', '/rotate_secret', {}],
      ['POST', '/test', {}],
      ['GET', '/deliveries'],
    ];
    for (const [method, path, body] of requests) {
      const answer = await ask(`${PATH}/${id}${path}`, { method, headers: other, ...(body && { json: body }) });
      expect([answer.status, (await errorOf(answer)).code]).toEqual([404, 'webhook_endpoint_not_found']);
    }
    const { value } = (await json(ask('/v1/client_secrets', { json: {}, settings }))) as { value: string };
    const token = { ...bearer(value), 'x-cedalion-webhook': URL_OUT, 'x-cedalion-webhook-secret': 'x' };
    const run = await ask('/v1/chat/completions', { json: { model: 'x', messages: [] }, headers: token, settings });
    expect(run.status).toBe(403);
    expect(await errorOf(run)).toMatchObject({ code: 'scope_missing', param: 'X-Cedalion-Webhook' });
  });

  it('store nothing when they are asked for', async () => {
    await ask(PATH);
    await ask(`${PATH}/whe_x`);
    await ask(`${PATH}/whe_x/deliveries`);
    await webhooks().announce(event('evt_1'));
    const [id] = await listDurableObjectIds(bindings.WEBHOOKS as DurableObjectNamespace);
    if (!id) return;
    const stub = (bindings.WEBHOOKS as DurableObjectNamespace<WebhookSender>).get(id);
    await runInDurableObject(stub, (_, state) => {
      expect(state.storage.sql.exec('SELECT name FROM sqlite_master').toArray()).toEqual([]);
    });
  });
});

describe('an event', () => {
  it('is sent once to each endpoint that wants it, however often it is announced', async () => {
    const bodies: string[] = [];
    const receive = async (request: Request) => {
      bodies.push(await request.text());
      return new Response();
    };
    serve({ [URL_OUT]: receive });
    const { id } = await json(create());
    await create({ url: URL_OUT, event_types: ['run.failed'] });
    for (let i = 0; i < 3; i++) await webhooks().announce(event('evt_1'));
    await runAlarms();
    await webhooks().announce(event('evt_1'));
    await runAlarms();
    expect(bodies.map((body) => JSON.parse(body))).toEqual([
      {
        object: 'event',
        id: 'evt_1',
        type: 'run.completed',
        timestamp: new Date(NOW).toISOString(),
        created_at: Math.floor(NOW / 1000),
        data: { id: 'run_1', url: 'https://cedalion.example.com/v1/runs/run_1' },
      },
    ]);
    const { data } = (await json(ask(`${PATH}/${id}/deliveries`))) as { data: { attempts: object[] }[] };
    expect(data).toMatchObject([
      { id: 'evt_1', object: 'webhook_delivery', status: 'delivered', next_attempt_at: null },
    ]);
    expect(data[0]?.attempts).toEqual([{ at: expect.any(Number), status_code: 200, milliseconds: expect.any(Number) }]);
  });

  it('is not sent to an endpoint that was deleted or disabled on the way', async () => {
    const { requests } = serve({});
    const [one, two] = [await json(create()), await json(create())];
    await runInDurableObject(object(), async (instance) => {
      // In one turn, before the alarm of the event runs.
      const announced = instance.announce(event('evt_2'));
      const removed = instance.remove(String(one.id));
      instance.update(String(two.id), { isEnabled: false });
      await Promise.all([announced, removed]);
    });
    await runAlarms();
    expect(requests).toEqual([]);
    expect(await json(ask(`${PATH}/${two.id}`))).toMatchObject({ enabled: false, disabled_because: 'owner' });
    expect(await json(ask(`${PATH}/${two.id}/deliveries`))).toMatchObject({
      data: [{ status: 'failed', attempts: [] }],
    });
  });

  it('has a page of deliveries after another', async () => {
    serve({ [URL_OUT]: () => new Response() });
    const { id } = await json(create());
    for (const n of [1, 2, 3]) await webhooks().announce({ ...event(`evt_${n}`), createdAt: NOW + n });
    const first = await json(ask(`${PATH}/${id}/deliveries?limit=2`));
    expect(first).toMatchObject({ data: [{ id: 'evt_3' }, { id: 'evt_2' }], last_id: 'evt_2', has_more: true });
    const second = await json(ask(`${PATH}/${id}/deliveries?limit=2&after=evt_2`));
    expect(second).toMatchObject({ data: [{ id: 'evt_1' }], has_more: false });
    const { error } = await json(ask(`${PATH}/${id}/deliveries?after=evt_9`));
    expect(error).toMatchObject({ code: 'invalid_parameter', param: 'after' });
  });
});

describe('the object of an account', () => {
  it('deletes what it has stored, when there is nothing left', async () => {
    const { id } = await json(create());
    await ask(`${PATH}/${id}`, { method: 'DELETE' });
    await runInDurableObject(object(), async (_, state) => {
      expect(state.storage.sql.exec('SELECT name FROM sqlite_master').toArray()).toEqual([]);
    });
  });

  it('drops events when too many are stored, and says how many', async () => {
    const { id } = await json(create());
    const dropped = await runInDurableObject(object(), async (instance) => {
      Object.assign(instance, { env: { ...bindings, WEBHOOK_DELIVERIES_PER_CALLER: '2' } });
      return [
        await instance.announce(event('evt_1')),
        await instance.announce(event('evt_2')),
        await instance.announce(event('evt_3')),
        // With a target of its own, too.
        await instance.announce(event('evt_4'), { oneOff: { url: `${URL_OUT}/oneOff` } }),
      ];
    });
    expect(dropped).toEqual([0, 0, 1, 2]);
    expect(await json(ask(`${PATH}/${id}`))).toMatchObject({ dropped_events: 2 });
    expect(await json(ask(`${PATH}/${id}/deliveries`))).toMatchObject({ data: [{ id: 'evt_2' }, { id: 'evt_1' }] });
  });

  it('tests an endpoint also when nothing more can be stored', async () => {
    serve({ [URL_OUT]: () => new Response() });
    const { id } = await json(create());
    const results = await runInDurableObject(object(), async (instance) => {
      Object.assign(instance, { env: { ...bindings, WEBHOOK_DELIVERIES_PER_CALLER: '1' } });
      return [
        await instance.sendExample(String(id), 'run.completed', 'https://w.example'),
        await instance.sendExample(String(id), 'run.completed', 'https://w.example'),
      ];
    });
    expect(results).toMatchObject([{ success: true }, { success: true }]);
    expect(await json(ask(`${PATH}/${id}/deliveries`))).toMatchObject({ data: [{}] });
  });

  it('sends an endpoint at most two events at a time', async () => {
    let running = 0;
    let most = 0;
    const receive = async () => {
      most = Math.max(most, ++running);
      await scheduler.wait(20);
      running--;
      return new Response();
    };
    const { requests } = serve({ [URL_OUT]: receive });
    await create();
    await runInDurableObject(object(), async (instance) => {
      for (const id of ['evt_1', 'evt_2', 'evt_3', 'evt_4']) await instance.announce(event(id));
    });
    await runAlarms();
    await expect.poll(() => requests.length).toBe(4);
    expect(most).toBe(2);
  });

  it('does not keep the secret that came with a request once the event is delivered', async () => {
    serve({ [URL_OUT]: () => new Response() });
    const oneOff = { url: URL_OUT, secret: `whsec_${btoa('x'.repeat(24))}` };
    const secrets = (state: DurableObjectState) =>
      state.storage.sql.exec('SELECT secret, status FROM delivery').toArray();
    await runInDurableObject(object(), async (instance, state) => {
      const announced = instance.announce(event('evt_1'), { oneOff });
      expect(secrets(state)).toEqual([{ secret: oneOff.secret, status: 'pending' }]);
      await announced;
    });
    await runAlarms();
    const after = await runInDurableObject(object(), (_, state) => secrets(state));
    expect(after).toEqual([{ secret: null, status: 'delivered' }]);
  });
});

describe('POST /v1/webhook_endpoints/{id}/rotate_secret', () => {
  it('lets the old secret sign for 24 hours', async () => {
    const signatures: (string | null)[] = [];
    const note = (request: Request) => {
      signatures.push(request.headers.get('webhook-signature'));
      return new Response();
    };
    serve({ [URL_OUT]: note });
    const { id } = await json(create());
    await ask(`${PATH}/${id}/rotate_secret`, { json: {} });
    const test = () => ask(`${PATH}/${id}/test`, { json: {} });
    await test();
    const later = Date.now() + 24 * 3_600_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    await test();
    expect(signatures.map((signature) => signature?.split(' ').length)).toEqual([2, 1]);
  });
});

describe('POST /v1/webhook_endpoints/{id}/test', () => {
  it('needs no body, but a type for one that it gets', async () => {
    const { id } = await json(create());
    serve({ [URL_OUT]: () => new Response() });
    expect(await json(ask(`${PATH}/${id}/test`, { method: 'POST' }))).toMatchObject({ success: true });
    const untyped = await ask(`${PATH}/${id}/test`, { method: 'POST', body: new TextEncoder().encode('{}') });
    expect((await errorOf(untyped)).code).toBe('unsupported_media_type');
  });

  it('stores nothing of an endpoint that was removed meanwhile', async () => {
    const { id } = await json(create());
    const { promise: removed, resolve: answer } = Promise.withResolvers<Response>();
    const { requests } = serve({ [URL_OUT]: () => removed });
    const tested = json(ask(`${PATH}/${id}/test`, { json: {} }));
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    await ask(`${PATH}/${id}`, { method: 'DELETE' });
    answer(new Response());
    expect(await tested).toMatchObject({ success: true });
    const tables = await runInDurableObject(object(), (_, state) =>
      state.storage.sql.exec('SELECT name FROM sqlite_master').toArray(),
    );
    expect(tables).toEqual([]);
  });

  it('says what the endpoint answered', async () => {
    let sent: unknown;
    const { requests } = serve({
      [URL_OUT]: async (request) => {
        sent = await request.json();
        return new Response(null, { status: 404 });
      },
    });
    const { id } = await json(create());
    const answer = await json(ask(`${PATH}/${id}/test`, { json: { event_type: 'run.failed' } }));
    // The guard has passed this address, and no other.
    expect(requests[0]?.redirect).toBe('manual');
    // As of a real event: a receiver can parse it.
    expect(sent).toMatchObject({ data: { url: expect.stringMatching(/^https?:/) } });
    expect(answer).toMatchObject({ success: false, status_code: 404, event_type: 'run.failed' });
  });
});

describe('X-Cedalion-Webhook-Secret', () => {
  it.each(['', 'secret', 'whsec_', 'whsec_!!', `whsec_${btoa('x'.repeat(23))}`, `whsec_${btoa('x'.repeat(65))}`])(
    'cannot be %j',
    async (secret) => {
      const headers = { 'x-cedalion-webhook': URL_OUT, 'x-cedalion-webhook-secret': secret };
      const chat = { model: 'tiny-text', messages: [{ role: 'user', content: 'x' }] };
      const answer = await ask('/v1/chat/completions', { json: chat, headers });
      expect(answer.status).toBe(400);
      const { param, message } = await errorOf(answer);
      expect(param).toBe('X-Cedalion-Webhook-Secret');
      if (secret.length > 6) expect(message).not.toContain(`${secret} `);
    },
  );
});

describe('a run in the background that has ended', () => {
  const failing = () => new Response('{}', { status: 500 });
  const chat = { model: 'tiny-text', messages: [{ role: 'user', content: 'x' }] };
  const start = () =>
    ask('/v1/chat/completions', { json: chat, headers: { prefer: 'respond-async, wait=5', 'idempotency-key': 'one' } });
  const runs = bindings.RUNS as DurableObjectNamespace;
  const stub = async () => runs.getByName(await digest('operator\n/v1/chat/completions\none'));
  const announceTo = async (WEBHOOKS: DurableObjectNamespace | undefined) =>
    runInDurableObject(await stub(), (instance) => {
      Object.assign(instance, { env: { ...bindings, WEBHOOKS } });
    });
  const isPending = async () =>
    runInDurableObject(await stub(), (_, state) => {
      const { record } = state.storage.sql.exec<{ record: string }>('SELECT record FROM run').one();
      return JSON.parse(record).endNotified === false;
    });

  it('stays unannounced until its events are stored', async () => {
    const bodies: string[] = [];
    const receive = async (request: Request) => {
      bodies.push(await request.text());
      return new Response();
    };
    serve({ 'http://origin.internal': failing, [URL_OUT]: receive });
    await create();
    await announceTo(undefined);
    expect((await start()).status).toBe(502);
    await runAlarms();
    expect(await isPending()).toBe(true);
    // The same key is not run anew before that: the event of the first run would be lost.
    const again = await start();
    expect([again.status, (await errorOf(again)).code]).toEqual([409, 'run_in_progress']);
    await announceTo(bindings.WEBHOOKS);
    await runAlarms();
    expect(await isPending()).toBe(false);
    await expect.poll(() => bodies.length).toBe(1);
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([
      { type: 'run.failed', data: { error: { code: 'upstream_error' } } },
    ]);
  });

  it('and is run anew with the same key is announced first', async () => {
    const ids: string[] = [];
    const receive = async (request: Request) => {
      ids.push(JSON.parse(await request.text()).data.id);
      return new Response();
    };
    serve({ 'http://origin.internal': failing, [URL_OUT]: receive });
    await create();
    await start();
    await start();
    await runAlarms();
    await expect.poll(() => ids.length).toBe(2);
    expect(ids.toSorted()[1]).toBe(`${ids.toSorted()[0]}.2`);
  });
});

describe('an object that cannot be reached', () => {
  it('is 503, with Retry-After', async () => {
    const broken = { getByName: () => ({ list: () => Promise.reject(new Error('reset')) }) };
    const answer = await ask(PATH, { settings: { WEBHOOKS: broken as never } });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await errorOf(answer)).code).toBe('webhooks_unavailable');
    const missing = await ask(PATH, { settings: { WEBHOOKS: undefined } });
    expect((await errorOf(missing)).code).toBe('configuration_invalid');
  });
});
