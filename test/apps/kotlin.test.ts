import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunsWorker, startRunsWorker } from '../runs/worker.ts';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';
import { LOCAL_KEY } from '../support/gateway.ts';
import { snippetsOf } from '../support/snippets.ts';
import { isSoak } from '../support/soak.ts';
import { compile, runMain } from './kotlin.ts';

const EVENTS = 6;
const MODEL = `openai/events-${EVENTS}-1`;
const WHOLE = Array.from({ length: EVENTS - 1 }, (_, i) => `w${i} `).join('');

let worker: RunsWorker;
let proxy: CuttingProxy;
let classes: string;
beforeAll(async () => {
  worker = await startRunsWorker();
  proxy = await startCuttingProxy(worker.port);
  classes = await compile(snippetsOf('docs/apps.md', 'kotlin'));
});
afterAll(async () => {
  await proxy?.stop();
  await worker?.stop();
  if (classes) await rm(dirname(classes), { recursive: true });
});

describe('the Kotlin of docs/apps.md, compiled', () => {
  it('gets the same text for one call to the host, wherever its connection is cut', async () => {
    await runMain(classes, [`${proxy.address('whole', Number.MAX_SAFE_INTEGER)}/v1 ${LOCAL_KEY} ${MODEL}`]);
    const length = proxy.longest('whole');
    // Each run writes to the disk: all of them take minutes on a busy one.
    const cuts = Array.from({ length }, (_, at) => at).filter((at) => isSoak || at % 31 === 0);
    const calls = worker.host.calls.length;
    const lines = cuts.map((at) => `${proxy.address(`at-${at}`, at)}/v1 ${LOCAL_KEY} ${MODEL}`);
    // The output is trimmed: so is what is expected of its last line.
    const texts = await runMain(classes, lines);
    expect(texts.map((text) => text.trimEnd())).toEqual(lines.map(() => WHOLE.trimEnd()));
    expect(worker.host.calls.length - calls).toBe(cuts.length);
    const wasCut = cuts.filter((at) => proxy.cuts(`at-${at}`) > 0);
    expect(wasCut.length).toBeGreaterThan(cuts.length * 0.9);
  });

  it('gets the code of a refusal, and of a host that has failed', async () => {
    const base = `http://127.0.0.1:${worker.port}/v1`;
    const lines = [`${base} sk-wrong ${MODEL}`, `${base} ${LOCAL_KEY} openai/cut-4`];
    expect(await runMain(classes, lines)).toEqual(['invalid_api_key', 'upstream_stream_cut']);
  });
});
