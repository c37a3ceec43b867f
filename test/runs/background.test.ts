import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_KEY } from '../support/gateway.ts';
import { ask, chat, eventsOf } from './client.ts';
import type { HostCall } from './host.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

const GRACE_MS = 1_000;
const SOON = { timeout: 10_000 };

let worker: RunsWorker;
beforeAll(async () => {
  worker = await startRunsWorker({
    TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters',
    RUNS_PER_CALLER: '5',
    RUN_MAX_BYTES: '100000',
    RUN_GRACE_SECONDS: String(GRACE_MS / 1000),
  });
});
afterAll(() => worker?.stop());

const ASYNC = { prefer: 'respond-async' };

/** What the host saw of a request, once it has. */
async function callFor(asked: string): Promise<HostCall> {
  const find = () => worker.host.calls.find(({ model }) => model === asked);
  await expect.poll(find, SOON).toBeDefined();
  return find() as HostCall;
}

/** A caller of its own: its runs are its own, too. */
async function newCaller(subject: string) {
  const { text } = await ask(worker.port, '/v1/client_secrets', { body: { subject } });
  const authorization = `Bearer ${JSON.parse(text).value}`;
  return {
    post: (body: object, headers: Record<string, string> = {}) =>
      ask(worker.port, '/v1/chat/completions', { body, headers: { authorization, ...headers } }),
    speak: (model: string, headers: Record<string, string>) => {
      const body = { model: `openai/${model}`, input: 'hi', voice: 'alloy' };
      return ask(worker.port, '/v1/audio/speech', { body, headers: { authorization, ...headers } });
    },
    get: (path: string, headers: Record<string, string> = {}) =>
      ask(worker.port, path, { headers: { authorization, ...headers } }),
    cancel: (id: string) => ask(worker.port, `/v1/runs/${id}/cancel`, { method: 'POST', headers: { authorization } }),
    leave: (body: object, headers: Record<string, string>, events: number) => {
      const leave = (text: string) => eventsOf(text).length >= events;
      return ask(worker.port, '/v1/chat/completions', { body, headers: { authorization, ...headers }, leave });
    },
  };
}

describe('a run in the background', () => {
  it.each([
    ['the header', {}, ASYNC],
    ['the body', { background: true }, {}],
    ['the body, with a key', { background: true }, { 'idempotency-key': 'body' }],
  ])('is asked for by %s, and answers later', async (name, more, headers) => {
    const { post, get } = await newCaller(name);
    const accepted = await post(chat('whole-200-10', false, more), headers as Record<string, string>);
    const { location } = accepted.headers;
    expect(accepted).toMatchObject({
      status: 202,
      headers: { 'retry-after': '1', 'preference-applied': 'respond-async' },
    });
    expect(JSON.parse(accepted.text)).toMatchObject({ object: 'run', status: 'in_progress', background: true });
    expect((await get(`${location}/result`)).status).toBe(409);
    const result = await get(`${location}/result`, { prefer: 'wait=5' });
    expect(JSON.parse(result.text)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    expect(result.headers).toMatchObject({ 'x-cedalion-target': 'openai/whole-200-10' });
    expect(JSON.parse((await get(`${location}`)).text)).toMatchObject({
      status: 'completed',
      usage: { total_tokens: 3 },
      model: 'openai/whole-200-10',
    });
    expect(worker.host.calls.at(-1)?.body).not.toContain('background');
  });

  it('is not in the background with `"background": false`, which no host gets', async () => {
    const { post } = await newCaller('false');
    expect((await post(chat('whole-1-10', false, { background: false }))).status).toBe(200);
    expect(worker.host.calls.at(-1)?.body).not.toContain('background');
    expect((await post(chat('whole-1-10', false, { background: 'yes' }))).status).toBe(400);
  });

  it('answers at once if it ends within `wait`', async () => {
    const { post } = await newCaller('wait');
    const answer = await post(chat('whole-50-10', false), { prefer: 'respond-async, wait=5' });
    expect([answer.status, JSON.parse(answer.text).choices.length]).toEqual([200, 1]);
    const late = await post(chat('whole-3000-10', false), { prefer: 'respond-async, wait=1' });
    expect([late.status, late.headers['preference-applied']]).toEqual([202, 'respond-async, wait=1']);
  });

  it('streams to readers that come later, and ends them with 204', async () => {
    const { post, get } = await newCaller('later');
    const { headers } = await post(chat('events-50-10'), ASYNC);
    const readers = await Promise.all([get(`${headers.location}/events`), get(`${headers.location}/events`)]);
    expect(eventsOf(readers[0]?.text ?? '')).toHaveLength(51);
    expect(readers[1]?.text).toBe(readers[0]?.text);
    expect((await get(`${headers.location}/events?starting_after=51`)).status).toBe(204);
    expect((await get(`${headers.location}/events?starting_after=52`)).status).toBe(400);
  });

  it('can be a message, whole and as a stream', async () => {
    const { get } = await newCaller('message');
    const begin = (model: string, stream: boolean) => {
      const body = { model: `openai/${model}`, max_tokens: 9, stream, messages: [{ role: 'user', content: 'hi' }] };
      return ask(worker.port, '/v1/messages', { body, headers: { ...ASYNC, authorization: `Bearer ${LOCAL_KEY}` } });
    };
    const own = { authorization: `Bearer ${LOCAL_KEY}` };
    const whole = await begin('whole-50-10', false);
    expect(whole.status).toBe(202);
    const result = await get(`${whole.headers.location}/result`, { prefer: 'wait=5', ...own });
    expect(JSON.parse(result.text)).toMatchObject({ type: 'message', stop_reason: 'end_turn' });
    const streamed = await begin('events-5-10', true);
    const { text } = await get(`${streamed.headers.location}/events`, own);
    expect(text).toMatch(/^id: run_[\w-]+:1\nevent: message_start\n/);
    expect(text).toContain('event: message_stop');
  });

  it('keeps the failure of its host', async () => {
    const { post, get } = await newCaller('failure');
    const { headers } = await post(chat('status-401', false), ASYNC);
    const result = await get(`${headers.location}/result`, { prefer: 'wait=5' });
    expect([result.status, JSON.parse(result.text).error.code]).toEqual([502, 'upstream_unauthorized']);
    expect(JSON.parse((await get(`${headers.location}`)).text)).toMatchObject({
      status: 'failed',
      error: { code: 'upstream_unauthorized' },
    });
  });

  it('can be cancelled before its host has answered', async () => {
    const { post, get, cancel } = await newCaller('cancel');
    const { headers } = await post(chat('whole-20000-10', false), ASYNC);
    const call = await callFor('whole-20000-10');
    const cancelled = JSON.parse((await cancel(String(headers['x-run-id']))).text);
    expect(cancelled).toMatchObject({ status: 'cancelled', error: { code: 'run_cancelled' } });
    await expect.poll(() => call.closedAt, SOON).toBeDefined();
    expect((await get(`${headers.location}/result`)).status).toBe(499);
  });
});

describe('the runs of a caller', () => {
  it('are listed, newest first, in pages', async () => {
    const { post, get } = await newCaller('list');
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { headers } = await post(chat(i === 2 ? 'status-401' : 'whole-1-5', false), ASYNC);
      ids.unshift(String(headers['x-run-id']));
      await get(`${headers.location}/result`, { prefer: 'wait=5' });
    }
    const list = async (query: string) => JSON.parse((await get(`/v1/runs${query}`)).text);
    const idsOf = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
    expect(idsOf(await list(''))).toEqual(ids);
    const first = await list('?limit=2');
    expect([idsOf(first), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const last = await list(`?limit=3&after=${first.last_id}`);
    expect([idsOf(last), last.has_more]).toEqual([ids.slice(2), false]);
    expect(idsOf(await list('?status=failed'))).toEqual([ids[2]]);
    const later = Math.floor(Date.now() / 1000) + 10;
    expect(idsOf(await list(`?created_after=${later}`))).toEqual([]);
    expect(idsOf(await list(`?created_after=${later - 60}&created_before=${later}`))).toEqual(ids);
    expect(idsOf(await list(`?created_before=${later - 60}`))).toEqual([]);
    expect((await get('/v1/runs?created_after=yesterday')).status).toBe(400);
    expect((await get('/v1/runs?status=odd')).status).toBe(400);
    // An empty page would look like the end of the list.
    const { error } = await list('?after=run_that_expired');
    expect([error.code, error.param]).toEqual(['invalid_parameter', 'after']);
    const more = await post(chat('whole-1-5', false), ASYNC);
    expect([more.status, JSON.parse(more.text).error.code]).toEqual([429, 'run_limit_exceeded']);
  });

  it('are not found by anybody else', async () => {
    const owner = await newCaller('owner');
    const other = await newCaller('other');
    const { headers } = await owner.post(chat('events-10-20'), ASYNC);
    const id = String(headers['x-run-id']);
    for (const unknown of [id, `run_k${'A'.repeat(43)}`, `run_u${'A'.repeat(43)}`, 'run_1', 'x']) {
      for (const path of ['', '/events', '/result']) {
        const answer = await other.get(`/v1/runs/${unknown}${path}`);
        expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([404, 'run_not_found']);
      }
      expect((await other.cancel(unknown)).status).toBe(404);
    }
    expect(JSON.parse((await other.get('/v1/runs')).text).data).toEqual([]);
    expect((await owner.get(`/v1/runs/${id}/events`)).status).toBe(200);
  });
});

describe('an answer that is larger than a run may be', () => {
  const errorIn = (text: string) => JSON.parse(text).error.code;
  const calls = (name: string) => worker.host.calls.filter(({ model }) => model === name).length;

  it('is one error, which is also the answer to each repetition, so that nobody pays twice', async () => {
    const { post } = await newCaller('too large');
    for (const replayed of [undefined, 'true']) {
      const { status, text, headers } = await post(chat('whole-1-150001', false), { 'idempotency-key': 'large' });
      expect([status, errorIn(text)]).toEqual([500, 'run_too_large']);
      expect(headers).toMatchObject({ 'x-should-retry': 'false', 'x-run-id': expect.stringMatching(/^run_k/) });
      expect(headers['idempotent-replayed']).toBe(replayed);
    }
    expect(calls('whole-1-150001')).toBe(1);
  });

  it('is the same error as the result of a run in the background', async () => {
    const { post, get } = await newCaller('too large, later');
    const { headers } = await post(chat('whole-1-2500002', false), ASYNC);
    const result = await get(`${headers.location}/result`, { prefer: 'wait=5' });
    expect([result.status, errorIn(result.text)]).toEqual([500, 'run_too_large']);
    expect(JSON.parse((await get(`${headers.location}`)).text)).toMatchObject({
      ...{ status: 'failed', error: { code: 'run_too_large' } },
      answer: { status: 500, bytes: result.bytes.length },
    });
  });

  it('ends a stream with an event, and a repetition gets the same stream', async () => {
    const { post } = await newCaller('too large, streamed');
    const texts = [];
    for (let i = 0; i < 2; i++) texts.push((await post(chat('events-2001-0'), { 'idempotency-key': 'large' })).text);
    expect(eventsOf(texts[0] ?? '').at(-1)?.data).toContain('run_too_large');
    expect([texts[1] === texts[0], calls('events-2001-0')]).toEqual([true, 1]);
  });

  it('breaks off sound, which is sent as it comes, and is the error that a repetition gets', async () => {
    const { speak } = await newCaller('too large, spoken');
    const begun = await speak('sound-150003', { 'idempotency-key': 'large' });
    expect([begun.status, begun.isWhole]).toEqual([200, false]);
    const again = await speak('sound-150003', { 'idempotency-key': 'large' });
    expect([again.status, errorIn(again.text), calls('sound-150003')]).toEqual([500, 'run_too_large', 1]);
    expect(again.headers).toMatchObject({ 'x-should-retry': 'false', 'idempotent-replayed': 'true' });
  });
});

describe('an answer that breaks off before it is whole', () => {
  it('is an error, and not a connection that breaks off', async () => {
    const { post } = await newCaller('broken');
    const { status, text } = await post(chat('half-1000', false), { 'idempotency-key': 'half' });
    expect([status, JSON.parse(text).error.type]).toEqual([502, 'upstream_error']);
  });
});

describe('the same idempotency key', () => {
  it('of two callers is two runs', async () => {
    const body = chat('whole-1-33', false);
    const answers = [];
    for (const caller of ['one', 'two', 'one']) {
      answers.push(await (await newCaller(caller)).post(body, { 'idempotency-key': 'shared' }));
    }
    expect(answers.map(({ headers }) => headers['idempotent-replayed'])).toEqual([undefined, undefined, 'true']);
    expect(worker.host.calls.filter(({ model }) => model === 'whole-1-33')).toHaveLength(2);
  });
});

describe('a client that has no more to send', () => {
  it.each([
    ['a plain request', {}],
    ['a run', { 'idempotency-key': 'half-closed' }],
  ])('gets the answer to %s all the same: a FIN does not say that it has left', async (name, more) => {
    const body = JSON.stringify(chat(`whole-400-${name.length}`, false));
    const headers = {
      host: 'localhost',
      authorization: `Bearer ${LOCAL_KEY}`,
      'content-type': 'application/json',
      ...more,
    };
    const head = Object.entries({ ...headers, 'content-length': body.length }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    const socket = connect({ host: '127.0.0.1', port: worker.port, allowHalfOpen: true });
    socket.end(`POST /v1/chat/completions HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`);
    let answer = '';
    for await (const part of socket) answer += part;
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('"finish_reason":"stop"');
    expect(worker.host.calls.at(-1)?.closedAt).toBeUndefined();
  });
});

describe('a stream that can be resumed', () => {
  const RESUME = { 'x-cedalion-resume': 'true' };

  it('goes on without readers for a while, and is then cancelled', async () => {
    const { leave, get } = await newCaller('grace');
    const cut = await leave(chat('events-500-20'), RESUME, 2);
    const call = worker.host.calls.at(-1);
    const path = `/v1/runs/${cut.headers['x-run-id']}`;
    await expect.poll(() => call?.closedAt, SOON).toBeGreaterThan(cut.endedAt + GRACE_MS);
    const run = JSON.parse((await get(path)).text);
    expect(run).toMatchObject({ status: 'cancelled', error: { message: expect.stringContaining('1 s') } });
  });

  it('is also given up if the client leaves before the answer begins', async () => {
    const early = request(`http://127.0.0.1:${worker.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json', 'idempotency-key': 'early' },
    });
    early.on('error', () => {});
    early.end(JSON.stringify(chat('whole-20000-77', false)));
    const call = await callFor('whole-20000-77');
    const leftAt = Date.now();
    // A mere close says only that the client has no more to send.
    early.socket?.resetAndDestroy();
    await expect.poll(() => call.closedAt, SOON).toBeGreaterThan(leftAt + GRACE_MS);
  });

  it('goes on if one reader leaves, or one comes back in time', async () => {
    const { leave, get } = await newCaller('readers');
    const cut = await leave(chat('events-100-20'), RESUME, 2);
    const path = `/v1/runs/${cut.headers['x-run-id']}/events`;
    const stays = get(path);
    await ask(worker.port, path, { headers: {}, leave: () => true });
    expect(eventsOf((await stays).text)).toHaveLength(101);
  });

  it('ends with an error if it is larger than a run may be', async () => {
    const { post } = await newCaller('large');
    const { text } = await post(chat('events-2000-0'), RESUME);
    expect(eventsOf(text).at(-1)?.data).toContain('run_too_large');
    expect(text.length).toBeLessThan(250_000);
  });

  it('says nothing of events where there are none', async () => {
    const { post, get } = await newCaller('whole');
    const { headers } = await post(chat('whole-1-10', false), RESUME);
    const events = await get(`/v1/runs/${headers['x-run-id']}/events`);
    expect([events.status, JSON.parse(events.text).error.code]).toEqual([404, 'run_not_a_stream']);
    expect((await get(`/v1/runs/${headers['x-run-id']}/result`)).status).toBe(200);
  });
});
