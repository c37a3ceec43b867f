import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFrom } from '../support/random.ts';
import { times } from '../support/soak.ts';
import { ask, chat, complete, eventsOf } from './client.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

const ROUNDS = times(2, 20);
/** How often a stream is written, and some time for a slow machine. */
const LOSS_MS = 1_500;
const APART_MS = 5;
/** The list asks runs that are older than this: waiting for it takes time, so one round in five does. */
const LIST_TRUSTS_MS = 3_100;

let worker: RunsWorker;
beforeAll(async () => {
  worker = await startRunsWorker();
});
afterAll(() => worker?.stop());

const post = (body: object, headers: Record<string, string>) =>
  ask(worker.port, '/v1/chat/completions', { body, headers });
const get = async (path: string) => JSON.parse((await ask(worker.port, path)).text);
const callsFor = (model: string) => worker.host.calls.filter((call) => call.model === model).length;

it(
  `loses nothing that was recorded in ${ROUNDS} kill -9 at many moments`,
  async () => {
    const random = randomFrom(20_261_201);
    const finished: { model: string; key: string; text: string }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const killAfter = 100 + random() * 2_500;
      const streamed = `events-600-${APART_MS}-${round}`;
      const later = `whole-${Math.round(killAfter + 300)}-50-${round}`;
      const resumed = post(chat(streamed), { 'x-cedalion-resume': 'true' });
      const { headers } = await post(chat(later, false), { prefer: 'respond-async' });
      let isAlive = true;
      const short = async () => {
        for (let i = 0; isAlive; i++) {
          const one = { model: `whole-5-500-${round}-${i}`, key: `key-${round}-${i}` };
          const { status, text, isWhole } = await post(chat(one.model, false), { 'idempotency-key': one.key });
          if (status === 200 && isWhole) finished.push({ ...one, text });
        }
      };
      const shorts = short().catch(() => {});
      await setTimeout(killAfter);
      isAlive = false;
      await worker.restart();
      await shorts;

      // The list names no run that never began, and says of each what the run itself says, also of those that
      // ended as it died.
      if (round % 5 === 0) {
        await setTimeout(LIST_TRUSTS_MS);
        const { data } = await get('/v1/runs?limit=100');
        for (const { id, status } of data) expect([id, (await get(`/v1/runs/${id}`)).status]).toEqual([id, status]);
        expect(data.length).toBeGreaterThan(2 * round);
      }

      // A stream that was seen: what is recorded is its beginning, and its end says what happened.
      const seen = await resumed;
      const kept = complete(seen.text);
      const id = seen.headers['x-run-id'];
      const { text } = await ask(worker.port, `/v1/runs/${id}/events`);
      const events = eventsOf(text);
      expect(events.pop()).toMatchObject({ id: '', data: expect.stringContaining('run_interrupted') });
      const recorded = text.slice(0, text.lastIndexOf('data: {"error"'));
      expect(kept.startsWith(recorded) || recorded.startsWith(kept)).toBe(true);
      expect(eventsOf(kept).length - events.length).toBeLessThan(LOSS_MS / APART_MS);
      const last = eventsOf(kept).at(-1)?.id ?? '';
      const rest = await ask(worker.port, `/v1/runs/${id}/events`, { headers: { 'last-event-id': last } });
      expect(eventsOf(rest.text).at(-1)?.data).toContain('run_interrupted');
      expect(await get(`/v1/runs/${id}`)).toMatchObject({ status: 'failed', error: { code: 'run_interrupted' } });
      expect(callsFor(streamed)).toBe(1);

      // In the background nobody has seen anything: it is executed again.
      const result = await ask(worker.port, `${headers.location}/result`, { headers: { prefer: 'wait=20' } });
      expect(result.status).toBe(200);
      expect(await get(`${headers.location}`)).toMatchObject({ status: 'completed', attempts: 2 });
      expect(callsFor(later)).toBe(2);
    }
    expect(finished.length).toBeGreaterThan(ROUNDS);
    const calls = worker.host.calls.length;
    for (const { model, key, text } of finished) {
      const again = await post(chat(model, false), { 'idempotency-key': key });
      expect([again.headers['idempotent-replayed'], again.text]).toEqual(['true', text]);
    }
    expect(worker.host.calls.length).toBe(calls);
  },
  20_000 + ROUNDS * 10_000,
);
