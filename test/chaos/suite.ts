import { ok } from 'node:assert/strict';
import { leave, newRun, observe, observeSdk, readSlowly, type Target } from './observe.ts';
import { answers } from './scenarios/answers.ts';
import { delivery } from './scenarios/delivery.ts';
import { endings } from './scenarios/endings.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { timing } from './scenarios/timing.ts';
import { type FaultyUpstream, type Serve, startUpstream } from './upstream.ts';

/** The table: what an upstream can do, and what a correct gateway makes of it. */
export const scenarios: readonly Scenario[] = [...delivery, ...endings, ...answers, ...timing];

/** The scenarios that end within half a minute. The others wait for a gateway's own limits. */
export const quickScenarios: readonly Scenario[] = scenarios.filter(({ seconds = 0 }) => seconds <= 30);

const CLOSE_LIMIT_MS = 1_000;

export function startFaultyUpstream(port = 0): Promise<FaultyUpstream> {
  return startUpstream(new Map(scenarios.map(({ name, serve }): [string, Serve] => [name, serve])), port);
}

/** Runs one scenario. @throws Error that says in what the gateway was not correct */
export async function runScenario(scenario: Scenario, target: Target, upstream: FaultyUpstream): Promise<void> {
  const { name, stream } = scenario;
  if ('leave' in scenario) {
    const took = await leave(target, upstream, newRun(name), stream, scenario.leave === 'closes');
    ok(took <= CLOSE_LIMIT_MS, `the upstream was closed after ${took.toFixed()} ms`);
  } else if ('mostBytes' in scenario) {
    const bytes = await readSlowly(target, upstream, newRun(name));
    ok(bytes <= scenario.mostBytes, `the upstream could send ${(bytes / 1e6).toFixed()} MB`);
  } else {
    const run = newRun(name);
    const [raw, sdk] = await Promise.all([observe(target, run, stream), observeSdk(target, newRun(name), stream)]);
    scenario.check({ raw, sdk, attempts: upstream.run(run).attempts });
  }
}
