import { setTimeout } from 'node:timers/promises';
import { onNpmGone } from '../../scripts/processes.ts';
import { runTable } from '../hosts/run.ts';
import { REVOKED_KEY, runCacheChecks } from './cache/run.ts';
import { startCedalion } from './cedalion.ts';
import type { Target } from './observe.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { runScenario, startFaultyUpstream } from './suite.ts';
import type { FaultyUpstream } from './upstream.ts';

/**
 * Runs the chaos suite against Cedalion, or against any gateway that speaks OpenAI's API. `--help` prints
 * how.
 */

const CONCURRENCY = 5;

const interrupted = new AbortController();
const cleanUps: (() => Promise<void>)[] = [];
let finishing = false;
const interrupt = () => {
  interrupted.abort();
  void finish(1);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
onNpmGone('chaos', interrupt);

const options = read();
try {
  const passed = await run(options);
  await finish(passed ? 0 : 1);
} catch (error) {
  if (!interrupted.signal.aborted) console.error(error instanceof Error ? error.message : error);
  await finish(1);
}

function read(): Options {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== undefined) return read;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\nnpm run chaos -- --help prints all options.`);
    process.exit(2);
  }
}

/** Stops what was started, the last first. The first call decides the exit code. */
async function finish(code: number): Promise<void> {
  if (finishing) return;
  finishing = true;
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  process.exit(code);
}

/** @returns whether the gateway was correct in all scenarios */
async function run({ target, upstreamPort, chosen, hosts, cache, otherKey }: Options): Promise<boolean> {
  if (hosts) return runTable(target, upstreamPort, (work) => cleanUps.push(work));
  if (cache) {
    const other = target && { ...target, otherKey, revokedKey: REVOKED_KEY };
    return runCacheChecks(other, upstreamPort, (work) => cleanUps.push(work));
  }
  const upstream = await startFaultyUpstream(upstreamPort);
  cleanUps.push(() => upstream.stop());
  const gateway = target ?? (await startOwn(upstream.port));
  const longest = Math.max(...chosen.map(({ seconds = 0 }) => seconds));
  const amount = chosen.length === 1 ? '1 scenario' : `${chosen.length} scenarios, ${CONCURRENCY} at a time,`;
  const note = longest > 5 ? ` The longest takes ${longest} s.` : '';
  console.log(`Running ${amount} against ${gateway.url}.${note}\n`);
  const begun = performance.now();
  const failed: string[] = [];
  let done = 0;
  const queue = chosen.values();
  const work = async () => {
    for (const scenario of queue) {
      const outcome = await outcomeOf(scenario, gateway, upstream);
      if (interrupted.signal.aborted) return;
      if (outcome !== '') failed.push(scenario.name);
      const count = `${++done}`.padStart(`${chosen.length}`.length);
      const verdict = outcome === '' ? 'pass' : 'FAIL';
      console.log(`${count}/${chosen.length}  ${verdict}  ${scenario.name.padEnd(28)} ${outcome || scenario.correct}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const seconds = ((performance.now() - begun) / 1000).toFixed();
  console.log(`\n${chosen.length - failed.length} of ${chosen.length} scenarios passed in ${seconds} s.`);
  if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}`);
  return failed.length === 0;
}

async function startOwn(upstreamPort: number): Promise<Target> {
  console.log('Building Cedalion and starting it on workerd ...');
  const starting = startCedalion(upstreamPort, interrupted.signal);
  // Also if Ctrl-C comes while it starts.
  cleanUps.push(async () => (await starting.catch(() => undefined))?.stop());
  return (await starting).target;
}

/** @returns an empty text if the gateway was correct, otherwise what was wrong */
async function outcomeOf(scenario: Scenario, gateway: Target, upstream: FaultyUpstream): Promise<string> {
  const limitSeconds = (scenario.seconds ?? 0) + 30;
  const hangs = setTimeout(limitSeconds * 1000, `no end within ${limitSeconds} s`, { ref: false });
  try {
    return (await Promise.race([runScenario(scenario, gateway, upstream), hangs])) ?? '';
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
}
