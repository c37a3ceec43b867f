import { evictDurableObject, listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { chatCompletions } from '../../../routes/chat.ts';
import { OPERATOR } from '../../../src/access/caller.ts';
import { Deadlines } from '../../../src/call/deadlines.ts';
import { addressOf } from '../../../src/runs/run-address.ts';
import type { RunRecord } from '../../../src/runs/run-record.ts';
import { startRun } from '../../../src/runs/start-run.ts';
import { Run } from '../../../src/worker.ts';
import { runAlarms } from '../../support/alarms.ts';
import { callFor } from '../../support/call.ts';
import { ask, bindings, errorOf, eventStream, ORIGIN, serve } from '../../support/worker.ts';

const CHAT = `${ORIGIN}/v1/chat/completions`;
const json = { model: 'tiny-text', messages: [{ role: 'user', content: 'the secret prompt' }] };
/** The isolate writes usage for all of its runs together. */
const USAGE_WRITTEN_AFTER_MS = 2_000;
const choice = (content: string) => ({ choices: [{ index: 0, delta: { content }, finish_reason: 'stop' }] });
const runs = bindings.RUNS as DurableObjectNamespace<Run>;

const stubOf = (answer: Response) =>
  addressOf(answer.headers.get('x-run-id') ?? '', bindings).stub as DurableObjectStub<Run>;

/** Lets what would come every 15 s come at once. */
function hurryKeepalive(): void {
  const later = Deadlines.prototype.in;
  vi.spyOn(Deadlines.prototype, 'in').mockImplementation(function (this: Deadlines, milliseconds, pass) {
    return later.call(this, milliseconds === 15_000 ? 20 : milliseconds, pass);
  });
}

/** A host's stream that goes on while it is read. */
function liveStream(pieces: AsyncIterable<string>): Response {
  const body = new ReadableStream({
    type: 'bytes',
    async start(controller) {
      for await (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** @returns the timers that have neither fired nor been cleared, with their milliseconds */
function watchTimers(): ReadonlyMap<unknown, number | undefined> {
  const pending = new Map<unknown, number | undefined>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((pass: () => void, milliseconds?: number) => {
    const timer = set(() => {
      pending.delete(timer);
      pass();
    }, milliseconds);
    pending.set(timer, milliseconds);
    return timer;
  }) as typeof setTimeout);
  vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
    pending.delete(timer);
    clear(timer);
  });
  return pending;
}

function tablesOf(stub: DurableObjectStub<Run>): Promise<unknown[]> {
  return runInDurableObject(stub, (_, { storage }) => {
    const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'").toArray();
    return tables.map(({ name }) => name).sort();
  });
}

describe('the object of a run', () => {
  it('stores nothing for ids that do not exist', async () => {
    const name = 'A'.repeat(43);
    for (const id of [`run_k${name}`, `run_u${name}`, 'run_k', 'anything']) {
      for (const path of ['', '/events', '/result']) {
        expect((await errorOf(await ask(`/v1/runs/${id}${path}`))).code).toBe('run_not_found');
      }
    }
    expect(await tablesOf(runs.getByName(name))).toEqual([]);
  });

  it('stores nothing of a request that is refused before a host is asked', async () => {
    const headers = { 'idempotency-key': 'refused' };
    const refused = await ask('/v1/chat/completions', { json: { ...json, messages: [] }, headers });
    expect([refused.status, await tablesOf(stubOf(refused))]).toEqual([400, []]);
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const fixed = await ask('/v1/chat/completions', { json, headers });
    expect([fixed.status, await tablesOf(stubOf(fixed))]).toEqual([200, ['piece', 'run']]);
  });

  it('is not asked by a plain request', async () => {
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const before = await listDurableObjectIds(runs);
    await ask('/v1/chat/completions', { json });
    expect(await listDurableObjectIds(runs)).toEqual(before);
  });

  it('has no row that is larger than SQLite takes in production, whatever is answered', async () => {
    const content = 'x'.repeat(3_000_000);
    serve({ [CHAT]: () => eventStream([choice('a'), choice(content), choice('b'), '[DONE]']) });
    const answer = await ask('/v1/chat/completions', {
      json: { ...json, stream: true },
      headers: { 'x-cedalion-resume': 'true' },
    });
    const text = await answer.text();
    const largest = await runInDurableObject(stubOf(answer), (_, { storage }) =>
      storage.sql.exec('SELECT max(length(bytes)) AS bytes, count(*) AS count FROM piece').one(),
    );
    expect(largest.bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(largest.count).toBeGreaterThan(3);
    const run = answer.headers.get('x-run-id');
    for (const after of [0, 1, 2, 3]) {
      const rest = await (await ask(`/v1/runs/${run}/events?starting_after=${after}`)).text();
      expect(text.endsWith(rest)).toBe(true);
      expect(rest.split('\n\n')).toHaveLength(5 - after);
    }
  });

  it('keeps a large request in rows of the same size, and deletes it when the run has ended', async () => {
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const messages = [{ role: 'user', content: 'y'.repeat(3_000_000) }];
    const prefer = { prefer: 'respond-async' };
    const answer = await ask('/v1/chat/completions', { json: { ...json, messages }, headers: prefer });
    expect(answer.status).toBe(202);
    await vi.waitFor(async () => {
      expect(await tablesOf(stubOf(answer))).toEqual(['piece', 'run']);
    });
  });

  it('does not store the prompt of a request that is not in the background', async () => {
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const answer = await ask('/v1/chat/completions', { json, headers: { 'idempotency-key': 'a' } });
    const stored = await runInDurableObject(stubOf(answer), (_, { storage }) =>
      JSON.stringify(storage.sql.exec('SELECT * FROM run').toArray()),
    );
    expect(stored).toContain('"status\\":\\"completed');
    expect(stored).not.toContain('secret prompt');
  });

  it('leaves no timer when the run has ended, so that it can be evicted', async () => {
    serve({ [CHAT]: () => eventStream([choice('a'), '[DONE]']) });
    const pending = watchTimers();
    const answer = await ask('/v1/chat/completions', {
      json: { ...json, stream: true },
      headers: { 'x-cedalion-resume': 'true' },
    });
    const text = await answer.text();
    expect([...pending.values()].filter((milliseconds) => milliseconds !== USAGE_WRITTEN_AFTER_MS)).toEqual([]);
    await evictDurableObject(stubOf(answer));
    expect(await (await ask(`/v1/runs/${answer.headers.get('x-run-id')}/events`)).text()).toBe(text);
  });

  it('tells the readers of a stream that the connection is alive while its host is silent, and records nothing of it', async () => {
    hurryKeepalive();
    let isSilent = true;
    async function* events() {
      yield `data: ${JSON.stringify(choice('a'))}\n\n`;
      while (isSilent) await scheduler.wait(5);
      yield `data: ${JSON.stringify(choice('b'))}\n\ndata: [DONE]\n\n`;
    }
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => liveStream(events()));
    const headers = { 'x-cedalion-resume': 'true' };
    const answer = await ask('/v1/chat/completions', { json: { ...json, stream: true }, headers });
    let text = '';
    for await (const part of (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.split(': keepalive\n\n').length > 2) isSilent = false;
    }
    expect(text).toMatch(/"a".*\n\n(: keepalive\n\n){2,}id: .*\n.*"b".*\n\n.*\ndata: \[DONE\]\n\n$/);
    const recorded = await (await ask(`/v1/runs/${answer.headers.get('x-run-id')}/events`)).text();
    expect(recorded).toBe(text.replaceAll(': keepalive\n\n', ''));
  });

  it('is deleted by its alarm when it has expired', async () => {
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const answer = await ask('/v1/chat/completions', { json, headers: { 'x-cedalion-resume': 'true' } });
    const stub = stubOf(answer);
    const alarm = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
    expect((alarm ?? 0) - Date.now()).toBeGreaterThan(86_000_000);
    const later = Date.now() + 86_400_001;
    vi.spyOn(Date, 'now').mockImplementation(() => later);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect((await ask(`/v1/runs/${answer.headers.get('x-run-id')}`)).status).toBe(404);
    expect(await tablesOf(stub)).toEqual([]);
  });

  it('logs one line for the request and one for the run, with the caller and without the prompt', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const answer = await ask('/v1/chat/completions', { json, headers: { 'idempotency-key': 'the secret key' } });
    const shared = {
      request_id: answer.headers.get('x-request-id'),
      run: answer.headers.get('x-run-id'),
      caller: 'operator',
      route: '/v1/chat/completions',
      status: 200,
    };
    const logged = lines.map((line) => JSON.parse(line));
    expect(logged.find(({ method }) => method === 'RUN')).toMatchObject({ ...shared, model: 'tiny-text', attempts: 1 });
    expect(logged.find(({ method }) => method === 'POST')).toMatchObject(shared);
    expect(lines.join()).not.toContain('secret');
  });

  it.each([
    ['says', { usage: { prompt_tokens: 5, completion_tokens: 1 } }, { total_tokens: 6, is_estimated: false }],
    ['does not say', {}, { is_estimated: true }],
  ])('shows whether its tokens are estimated, if the host %s how many there are', async (_, last, usage) => {
    serve({ [CHAT]: () => eventStream([choice('a'), { choices: [], ...last }, '[DONE]']) });
    const headers = { 'x-cedalion-resume': 'true' };
    const answer = await ask('/v1/chat/completions', { json: { ...json, stream: true }, headers });
    await answer.text();
    expect(await (await ask(`/v1/runs/${answer.headers.get('x-run-id')}`)).json()).toMatchObject({ usage });
  });

  it('can be started from code, and is the same run with the same key', async () => {
    const { requests } = serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const call = callFor('text-generation', {}, { caller: OPERATOR, requestId: 'req_hook', env: bindings });
    const start = { route: chatCompletions, call };
    const accepted = await startRun(json, { key: 'delivery-1', url: 'https://cedalion.example.com' }, start);
    expect(accepted.status).toBe(202);
    const run = accepted.headers.get('x-run-id');
    const result = await ask(`/v1/runs/${run}/result`, { headers: { prefer: 'wait=5' } });
    expect([result.status, result.headers.get('x-cedalion-model')]).toEqual([200, 'tiny-text']);
    expect(
      (await startRun(json, { key: 'delivery-1', url: 'https://cedalion.example.com' }, start)).headers.get('x-run-id'),
    ).toBe(run);
    expect(await (await ask(`/v1/runs/${run}`)).json()).toMatchObject({ request_id: 'req_hook', background: true });
    expect(requests.length).toBe(1);
  });

  it('records what asks no model with an idempotency key only', async () => {
    const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' };
    const headers = { prefer: 'respond-async', 'x-cedalion-resume': 'true' };
    const answer = await ask('/v1/client_secrets', { json: {}, headers, settings });
    expect([answer.status, answer.headers.get('x-run-id')]).toEqual([200, null]);
  });

  it.each([
    ['missing from the configuration', undefined, 'configuration_invalid'],
    ['out of reach', { getByName: () => ({ fetch: () => Promise.reject(new Error('reset')) }) }, 'runs_unavailable'],
  ])('is only needed by runs if it is %s', async (_, RUNS, code) => {
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const settings = { RUNS: RUNS as unknown as DurableObjectNamespace };
    const recorded = await ask('/v1/chat/completions', { json, settings, headers: { 'idempotency-key': 'a' } });
    expect([recorded.status, (await errorOf(recorded)).code]).toEqual([503, code]);
    expect((await ask('/v1/chat/completions', { json, settings })).status).toBe(200);
  });

  it.each([
    ['completed', () => Response.json({ choices: [] })],
    ['failed', () => new Response('{}', { status: 401 })],
  ])('calls `onEnd` once when a run in the background has %s', async (status, answer) => {
    const onEnd = vi.spyOn(Run.prototype as unknown as { onEnd(run: RunRecord): void }, 'onEnd');
    serve({ [CHAT]: answer });
    await ask('/v1/chat/completions', { json, headers: { 'idempotency-key': `${status}, here` } });
    await ask('/v1/chat/completions', {
      json,
      headers: { 'idempotency-key': status, prefer: 'respond-async, wait=5' },
    });
    await runAlarms();
    await runAlarms();
    expect(onEnd.mock.calls.map(([run]) => [run.status, run.caller.id])).toEqual([[status, 'operator']]);
  });

  it('keeps the next run of its key, if that begins while the end of a deleted one is announced', async () => {
    const onEnd = vi.spyOn(Run.prototype as unknown as { onEnd(run: RunRecord): Promise<void> }, 'onEnd');
    // By the alarm, which tries again ten seconds later.
    onEnd.mockRejectedValueOnce(new Error('not now'));
    const headers = { 'idempotency-key': 'deleted', prefer: 'respond-async, wait=5' };
    serve({ [CHAT]: () => new Response('{}', { status: 401 }) });
    const failed = await ask('/v1/chat/completions', { json, headers });
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledTimes(1), 5_000);
    const { promise: held, resolve: announce } = Promise.withResolvers<void>();
    onEnd.mockReturnValueOnce(held);
    const removed = stubOf(failed).remove('operator', failed.headers.get('x-run-id') ?? '');
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledTimes(2), 5_000);
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const next = await ask('/v1/chat/completions', { json, headers });
    announce();
    expect(await removed).toBe(true);
    const run = await (await ask(`/v1/runs/${next.headers.get('x-run-id')}`)).json();
    expect(run).toMatchObject({ status: 'completed', background: true });
  });
});
