import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSoak } from '../support/soak.ts';
import { ask, chat, complete, eventsOf } from './client.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

let worker: RunsWorker;
beforeAll(async () => {
  worker = await startRunsWorker();
});
afterAll(() => worker?.stop());

const RESUME = { 'x-cedalion-resume': 'true' };
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

  it('continues after the event at which it was cut, byte for byte, with one call to the host', async () => {
    const EVENTS = 200;
    // The first and the last ones, and some between: all of them in `npm run soak`.
    const cuts = Array.from({ length: EVENTS }, (_, i) => i + 1).filter(
      (at) => isSoak || at < 4 || at > 197 || at % 25 === 0,
    );
    const calls = worker.host.calls.length;
    const cutAt = async (at: number) => {
      const leave = (text: string) => text.split('\n\n').length > at;
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
    for (let i = 0; i < cuts.length; i += 20) await Promise.all(cuts.slice(i, i + 20).map(cutAt));
    expect(worker.host.calls.length - calls).toBe(cuts.length);
  }, 60_000);

  it('can be cancelled, which closes the request to the host', async () => {
    const leave = (text: string) => eventsOf(text).length >= 3;
    const cut = await ask(worker.port, '/v1/chat/completions', { body: chat('events-500-20'), headers: RESUME, leave });
    const call = worker.host.calls.at(-1);
    const id = cut.headers['x-run-id'];
    expect(call?.closedAt).toBeUndefined();
    const cancelled = await ask(worker.port, `/v1/runs/${id}/cancel`, { method: 'POST' });
    expect(JSON.parse(cancelled.text)).toMatchObject({ status: 'cancelled', error: { code: 'run_cancelled' } });
    await expect.poll(() => call?.closedAt, { timeout: 10_000 }).toBeDefined();
    const { text } = await ask(worker.port, `/v1/runs/${id}/events`);
    expect(eventsOf(text).at(-1)?.data).toContain('run_cancelled');
  });
});
