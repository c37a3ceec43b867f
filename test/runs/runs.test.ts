import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, chat, complete, eventsOf } from './client.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

let worker: RunsWorker;
beforeAll(async () => {
  worker = await startRunsWorker();
});
afterAll(() => worker?.stop());

const RESUME = { 'x-cedalion-resume': 'true' };
const key = (value: string) => ({ 'idempotency-key': value });
const post = (body: object, headers: Record<string, string> = {}) =>
  ask(worker.port, '/v1/chat/completions', { body, headers });
const runOf = async (id: unknown) => JSON.parse((await ask(worker.port, `/v1/runs/${id}`)).text);

describe('a stream that can be resumed', () => {
  it('has an id in each event', async () => {
    const { text, headers } = await post(chat('events-20-2'), RESUME);
    const events = eventsOf(text);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => `${headers['x-run-id']}:${i + 1}`));
    expect(events.at(-1)?.data).toBe('[DONE]');
    expect(await runOf(headers['x-run-id'])).toMatchObject({ status: 'completed', answer: { last_event: 21 } });
  });

  it('continues after each event at which it was cut, byte for byte, with one call to the host', async () => {
    const EVENTS = 200;
    const calls = worker.host.calls.length;
    const cutAt = async (at: number) => {
      const leave = (text: string) => eventsOf(text).length >= at;
      const cut = await ask(worker.port, '/v1/chat/completions', {
        body: chat('events-200-1'),
        headers: RESUME,
        leave,
      });
      const id = cut.headers['x-run-id'];
      const kept = complete(cut.text);
      const last = eventsOf(kept).at(-1)?.id ?? '';
      const rest = await ask(worker.port, `/v1/runs/${id}/events`, { headers: { 'last-event-id': last } });
      const whole = await ask(worker.port, `/v1/runs/${id}/events`);
      expect(kept + rest.text).toBe(whole.text);
      expect(eventsOf(whole.text)).toHaveLength(EVENTS + 1);
    };
    for (let at = 1; at <= EVENTS; at += 20) {
      await Promise.all(Array.from({ length: Math.min(20, EVENTS + 1 - at) }, (_, i) => cutAt(at + i)));
    }
    expect(worker.host.calls.length - calls).toBe(EVENTS);
  });

  it('can be cancelled, which closes the request to the host', async () => {
    const leave = (text: string) => eventsOf(text).length >= 3;
    const cut = await ask(worker.port, '/v1/chat/completions', { body: chat('events-500-20'), headers: RESUME, leave });
    const call = worker.host.calls.at(-1);
    const id = cut.headers['x-run-id'];
    await setTimeout(200);
    expect(call?.wasClosed).toBe(false);
    const cancelled = await ask(worker.port, `/v1/runs/${id}/cancel`, { method: 'POST' });
    expect(JSON.parse(cancelled.text)).toMatchObject({ status: 'cancelled', error: { code: 'run_cancelled' } });
    await setTimeout(100);
    expect(call?.wasClosed).toBe(true);
    const { text } = await ask(worker.port, `/v1/runs/${id}/events`);
    expect(eventsOf(text).at(-1)?.data).toContain('run_cancelled');
  });
});

describe('an idempotency key', () => {
  it('is answered once by the host, for a hundred duplicates at the same time and one later', async () => {
    const calls = worker.host.calls.length;
    const body = chat('whole-200-2000', false);
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(body, key('many'))));
    const later = await post(body, key('many'));
    expect(new Set([...answers, later].map(({ status, text }) => status + text)).size).toBe(1);
    expect(later).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(worker.host.calls.length - calls).toBe(1);
  });

  it('is refused with another body', async () => {
    await post(chat('whole-1-10', false), key('reused'));
    const other = await post(chat('whole-1-11', false), key('reused'));
    expect(other.status).toBe(422);
    expect(JSON.parse(other.text).error.code).toBe('idempotency_key_reused');
  });

  it('tries anew after a failure that may pass', async () => {
    const calls = worker.host.calls.length;
    const first = await post(chat('cut-5'), key('cut'));
    const second = await post(chat('cut-5'), key('cut'));
    expect(worker.host.calls.length - calls).toBe(2);
    expect(first.headers['x-run-id']).not.toBe(second.headers['x-run-id']);
  });

  it('replays a large picture', async () => {
    const calls = worker.host.calls.length;
    const body = { model: 'image', prompt: 'a house' };
    const send = () => ask(worker.port, '/v1/images/generations', { body, headers: key('picture') });
    const first = await send();
    expect(first.status).toBe(200);
    expect(first.bytes.length).toBeGreaterThan(5_000_000);
    await worker.restart();
    const second = await send();
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(worker.host.calls.length - calls).toBe(1);
  });
});

describe('a run in the background', () => {
  it.each([
    ['the header', {}, { prefer: 'respond-async' }],
    ['the body', { background: true }, {}],
  ])('is asked for by %s, and answers later', async (_, more, headers) => {
    const accepted = await post(chat('whole-100-10', false, more), headers as Record<string, string>);
    expect(accepted.status).toBe(202);
    const { location } = accepted.headers;
    const early = await ask(worker.port, `${location}/result`);
    expect(early.status).toBe(409);
    const result = await ask(worker.port, `${location}/result`, { headers: { prefer: 'wait=5' } });
    expect(JSON.parse(result.text)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    expect(JSON.parse((await ask(worker.port, `${location}`)).text)).toMatchObject({
      status: 'completed',
      usage: { total_tokens: 3 },
    });
    expect(worker.host.calls.at(-1)?.body).not.toContain('background');
  });
});
