import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { times } from '../support/soak.ts';
import { ask, chat, complete, eventsOf } from './client.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

let worker: RunsWorker;
beforeAll(async () => {
  worker = await startRunsWorker();
});
afterAll(() => worker?.stop());

const RUNS = times(30, 200);
const RESUME = { 'x-cedalion-resume': 'true' };
const EVENTS = 50;

/** Resident memory of the process, in MiB. */
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))?.[1]) / 1024;

/** A stream whose reader leaves and comes back. @returns whether all events came, in order and once */
async function readInTwo(leaveAfter: number): Promise<boolean> {
  const body = chat(`events-${EVENTS}-20`);
  let blocks = 0;
  const leave = (text: string) => {
    blocks = text.split('\n\n').length - 1;
    return blocks >= leaveAfter;
  };
  const cut = await ask(worker.port, '/v1/chat/completions', { body, headers: RESUME, leave });
  const kept = complete(cut.text);
  const id = cut.headers['x-run-id'];
  const last = eventsOf(kept).at(-1)?.id ?? '';
  const rest = await ask(worker.port, `/v1/runs/${id}/events`, { headers: { 'last-event-id': last } });
  const events = eventsOf(kept + rest.text);
  return events.length === EVENTS + 1 && events.every((event, i) => event.id === `${id}:${i + 1}`);
}

it.runIf(process.platform === 'linux')(
  `completes ${RUNS} runs at once whose readers come and go, with bounded memory`,
  async () => {
    const before = memory();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, memory());
    }, 50);
    const round = () => Promise.all(Array.from({ length: RUNS }, (_, i) => readInTwo(1 + (i % 45))));
    const rightIn = async () => (await round()).filter((isRight) => isRight);
    let first = 0;
    try {
      expect(await rightIn()).toHaveLength(RUNS);
      first = peak;
      expect(await rightIn()).toHaveLength(RUNS);
    } finally {
      // Otherwise it would go on reading in the next file.
      clearInterval(watch);
    }
    console.info(
      `memory: ${before.toFixed(0)} MiB, ${first.toFixed(0)} in the first round, ${peak.toFixed(0)} in the second`,
    );
    // A plain stream takes 0.6 MiB in the same process, an object about 0.5.
    // The first ones also bring what all share, such as compiled code.
    expect(first - before).toBeLessThan(20 + RUNS * 2);
    // Objects that have ended stay for ten seconds at most: a second round adds less.
    expect(peak - first).toBeLessThan(RUNS);
  },
  120_000,
);
