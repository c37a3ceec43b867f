import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, chat } from './client.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

let worker: RunsWorker;
beforeAll(async () => {
  worker = await startRunsWorker();
});
afterAll(() => worker?.stop());

const get = async (path: string) => JSON.parse((await ask(worker.port, path)).text);

it('executes a run in the background again although nobody asks for it, and at most twice', async () => {
  const model = 'whole-60000-10-lonely';
  const { headers } = await ask(worker.port, '/v1/chat/completions', {
    body: chat(model, false),
    headers: { prefer: 'respond-async' },
  });
  const calls = () => worker.host.calls.filter((call) => call.model === model).length;
  const untilCalls = async (count: number) => {
    const start = Date.now();
    while (calls() < count && Date.now() - start < 20_000) await setTimeout(100);
    expect(calls()).toBe(count);
  };
  // The run is answered before its host is called: a Worker that is killed in between has used up an attempt.
  await untilCalls(1);
  await worker.restart();
  await untilCalls(2);
  await worker.restart();
  expect(await get(`${headers.location}`)).toMatchObject({
    status: 'failed',
    attempts: 2,
    error: { code: 'run_interrupted' },
  });
  const result = await ask(worker.port, `${headers.location}/result`);
  expect(result.status).toBe(500);
  expect(JSON.parse(result.text).error.code).toBe('run_interrupted');
}, 40_000);

it('does not execute a run again if a reader has seen a part of its answer', async () => {
  const model = 'events-600-100-seen';
  const { headers } = await ask(worker.port, '/v1/chat/completions', {
    body: chat(model),
    headers: { prefer: 'respond-async' },
  });
  const seen = await ask(worker.port, `${headers.location}/events`, { leave: (text) => text.includes('w1 ') });
  expect(seen.text).toContain('w0 ');
  // The log is written once a second.
  await setTimeout(1_500);
  await worker.restart();
  expect(await get(`${headers.location}`)).toMatchObject({ status: 'failed', error: { code: 'run_interrupted' } });
  const again = await ask(worker.port, `${headers.location}/events`);
  expect(again.text.startsWith(seen.text)).toBe(true);
  expect(worker.host.calls.filter((call) => call.model === model)).toHaveLength(1);
}, 40_000);
