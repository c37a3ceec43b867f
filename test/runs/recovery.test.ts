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
