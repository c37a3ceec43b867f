import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';
import { quickScenarios, runScenario, startFaultyUpstream } from './suite.ts';
import type { FaultyUpstream } from './upstream.ts';
import { type Running, startWorkerd } from './workerd.ts';

let upstream: FaultyUpstream;
let gateway: Running;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  const folder = await bundle();
  gateway = await startWorkerd({
    script: join(folder, 'worker.js'),
    settings: {
      API_KEYS: LOCAL_KEY,
      OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1`,
      OPENAI_API_KEY: 'sk-chaos',
    },
  });
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
});

describe('an upstream that', () => {
  for (const scenario of quickScenarios) {
    test.concurrent(`${scenario.upstream}: the gateway ${scenario.correct}`, async () => {
      const url = `http://127.0.0.1:${gateway.port}`;
      await runScenario(scenario, { url, key: LOCAL_KEY, modelPrefix: 'openai/', headers: {} }, upstream);
    });
  }
});
