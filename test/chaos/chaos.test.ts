import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Cedalion, startCedalion } from './cedalion.ts';
import { quickScenarios, runScenario, startFaultyUpstream } from './suite.ts';
import type { FaultyUpstream } from './upstream.ts';

let upstream: FaultyUpstream;
let cedalion: Cedalion;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  cedalion = await startCedalion(upstream.port);
});

afterAll(async () => {
  await cedalion?.stop();
  await upstream?.stop();
});

describe('an upstream that', () => {
  for (const scenario of quickScenarios) {
    test.concurrent(`${scenario.upstream}: the gateway ${scenario.correct}`, async () => {
      await runScenario(scenario, cedalion.target, upstream);
    });
  }
});
