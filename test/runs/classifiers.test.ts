import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cpuMilliseconds, peakMemory } from '../../bench/processes.ts';
import { randomFrom } from '../support/random.ts';
import { isSoak } from '../support/soak.ts';
import { listen, type Origin } from '../support/stack.ts';
import { ask } from './client.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

const DIMENSIONS = 512;
const LABELS = 10;
/**
 * Of one request or call of an object, by default. Source:
 * https://developers.cloudflare.com/durable-objects/platform/limits/
 */
const CPU_LIMIT_MS = 30_000;

let host: Origin;
let worker: RunsWorker;
beforeAll(async () => {
  host = await startEmbeddingHost();
  worker = await startRunsWorker({ OPENAI_BASE_URL: `${host.url}/v1` });
});
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
});

/** Its vectors depend on the text alone: those of `<label> <number>` are around a direction of the label. */
function startEmbeddingHost(): Promise<Origin> {
  const centers = Array.from({ length: LABELS }, (_, i) => noise(1_000_000 + i, 1));
  return listen(
    createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] };
      const data = input.map((text, index) => {
        const [label, number] = text.split(' ').map(Number) as [number, number];
        const vector = noise(number, 4).map((x, j) => x + (centers[label]?.[j] as number));
        return { index, embedding: Buffer.from(vector.buffer).toString('base64') };
      });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    }),
  );
}

function noise(seed: number, size: number): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length: DIMENSIONS }, () => size * (random() - 0.5));
}

const examplesFrom = (start: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const label = (start + i) % LABELS;
    return { input: `${label} ${start + i}`, label: `label ${label}` };
  });

async function send(method: string, path: string, body?: object) {
  const answer = await ask(worker.port, path, { method, ...(body && { body }) });
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text);
}

const create = (method: string, examples: object) =>
  send('POST', '/v1/classifiers', { model: 'openai/m', method, examples });

async function predictions(id: string): Promise<string[]> {
  const input = Array.from({ length: LABELS }, (_, label) => `${label} ${900_000 + label}`);
  const { data } = await send('POST', '/v1/classify', { classifier_id: id, input });
  return data.map(({ prediction }: { prediction: string }) => prediction);
}

const expected = Array.from({ length: LABELS }, (_, label) => `label ${label}`);

it('survives a kill -9: what was answered is kept, and scores as before', async () => {
  const { id, leave_one_out } = await create('ridge', examplesFrom(0, 200));
  const before = await predictions(id);
  await worker.restart();
  expect(await send('GET', `/v1/classifiers/${id}`)).toMatchObject({ examples: 200, leave_one_out });
  expect(await predictions(id)).toEqual(before);
  expect(await send('PATCH', `/v1/classifiers/${id}`, { examples: examplesFrom(200, 20) })).toMatchObject({
    examples: 220,
  });
  await send('DELETE', `/v1/classifiers/${id}`);
  await worker.restart();
  expect(await send('GET', '/v1/classifiers')).toMatchObject({ data: [] });
});

it('has all of a change or nothing, whenever its process is killed', async () => {
  const { id } = await create('ridge', examplesFrom(0, 200));
  let known = 200;
  for (const ms of [0, 30, 80, 150, 400]) {
    // In several rows, which are stored while they arrive.
    const body = { examples: examplesFrom(10_000 * ms + 10_000, 1_200) };
    const changing = ask(worker.port, `/v1/classifiers/${id}`, { method: 'PATCH', body }).catch(() => undefined);
    await setTimeout(ms);
    await worker.restart();
    const answer = await changing;
    const { examples, leave_one_out } = await send('GET', `/v1/classifiers/${id}`);
    expect(examples === known + 1_200 || (examples === known && answer?.status !== 200)).toBe(true);
    expect(leave_one_out.examples).toBe(examples);
    expect(await predictions(id)).toEqual(expected);
    known = examples;
  }
  await send('DELETE', `/v1/classifiers/${id}`);
});

it.runIf(isSoak)(
  'trains 10,000 examples of 512 dimensions within the limit of CPU, and answers others meanwhile',
  async () => {
    const { id } = await create('prototype', examplesFrom(0, 2_000));
    for (let start = 2_000; start < 10_000; start += 2_000) {
      await send('PATCH', `/v1/classifiers/${id}`, { examples: examplesFrom(start, 2_000) });
    }
    const peakBefore = await peakMemory(worker.pid);
    // A change of the method trains from all examples, and asks no host.
    const figures: Record<string, number> = {};
    let longestWait = 0;
    let longestTraining = 0;
    let isTraining = true;
    const others = async () => {
      while (isTraining) {
        const asked = performance.now();
        expect(await predictions(id)).toEqual(expected);
        await send('GET', `/v1/classifiers/${id}`);
        longestWait = Math.max(longestWait, performance.now() - asked);
        await setTimeout(20);
      }
    };
    const asking = others();
    // `auto` trains both.
    for (const method of ['prototype', 'auto']) {
      const before = await cpuMilliseconds(worker.pid);
      const changed = performance.now();
      const { leave_one_out } = await send('PATCH', `/v1/classifiers/${id}`, { method });
      longestTraining = Math.max(longestTraining, performance.now() - changed);
      figures[method] = Math.round((await cpuMilliseconds(worker.pid)) - before);
      expect(leave_one_out.examples).toBe(10_000);
      expect(leave_one_out.accuracy).toBeGreaterThan(0.95);
      expect(figures[method]).toBeLessThan(CPU_LIMIT_MS);
    }
    isTraining = false;
    await asking;
    // Nobody waited until a training was done.
    expect(longestWait).toBeLessThan(longestTraining / 2);
    console.log(
      `Longest wait of other requests, ms: ${Math.round(longestWait)}. CPU of training, ms: ${JSON.stringify(figures)}; memory, MiB: ${Math.round((await peakMemory(worker.pid)) - peakBefore)} above ${Math.round(peakBefore)}`,
    );
    expect(await predictions(id)).toEqual(expected);
  },
  180_000,
);
