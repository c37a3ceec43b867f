import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Running, startWorkerd } from '../chaos/workerd.ts';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';
import { ask } from './ask.ts';
import type { Case } from './case.ts';
import { llamaCases } from './cases/llama.ts';
import { diffusionCases, whisperCases } from './cases/media.ts';
import { rankingCases, vectorCases, wrongKinds } from './cases/vectors.ts';
import { differences } from './compare.ts';
import { KEEPALIVE_SECONDS, whenKilled, whileLoading, whileSlow } from './faults.ts';
import { HOST_NAMES, type HostName, missing, type RealHost, startRealHost } from './hosts.ts';
import { isKnown, unseen } from './known.ts';

/**
 * `npm run test:real-hosts`: sends each request of the table to a real host directly, and through the Worker,
 * and prints each difference that is not on the list of known ones. README.md says how to get the programs.
 *
 *   npm run test:real-hosts -- [--all] [host ...]
 */

const CASES: readonly Case[] = [
  ...llamaCases,
  ...vectorCases,
  ...rankingCases,
  ...wrongKinds,
  ...whisperCases,
  ...diffusionCases,
];

const args = process.argv.slice(2);
const showsAll = args.includes('--all');
const wanted = HOST_NAMES.filter((name) => args.every((arg) => arg.startsWith('-')) || args.includes(name));
const absent = wanted.flatMap((name) => missing(name) ?? []);
if (absent.length > 0) {
  console.error(`Not installed: ${[...new Set(absent)].join(', ')}. test/real-hosts/README.md says how to get them.`);
}
const present = wanted.filter((name) => !missing(name));
process.exitCode = absent.length > 0 ? 1 : 0;

const folder = await mkdtemp(join(tmpdir(), 'real-hosts-'));
const bundled = await bundle();
let count = 0;
let different = 0;
try {
  for (const name of present) await compareAll(name);
  if (present.includes('llama')) await checkFaults();
  for (const entry of unseen(present)) console.log(`known, but not seen: ${entry}`);
  console.log(`${count} requests, ${different} with a difference that is not known.`);
  if (different > 0) process.exitCode = 1;
} finally {
  await rm(bundled, { recursive: true, force: true });
  if (process.exitCode === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`The logs of the hosts are in ${folder}.`);
}

async function compareAll(name: HostName): Promise<void> {
  let host: RealHost | undefined;
  let gateway: Running | undefined;
  try {
    host = await startRealHost(name, folder);
    gateway = await startWorkerd({
      script: join(bundled, 'worker.js'),
      settings: {
        API_KEYS: LOCAL_KEY,
        OPENAI_BASE_URL: `${host.url}/v1`,
        HOST_OPTIONS: JSON.stringify(name === 'reranker' ? { openai: { rerank: true } } : {}),
      },
    });
    const url = `http://127.0.0.1:${gateway.port}/v1`;
    for (const one of CASES.filter(({ host }) => host === name)) {
      // An unknown model is one at the router alone: the others do not look at its name.
      const model = name === 'router' ? 'no-such-model' : 'tiny';
      const direct = await ask(one, { url: `${host.url}/v1`, model });
      const through = await ask(one, { url, model: `openai/${model}`, key: LOCAL_KEY });
      report(one, differences(direct, through, one));
    }
  } finally {
    await gateway?.stop();
    await host?.stop();
  }
}

/** A host that loads, one that is slow, and one that is killed. */
async function checkFaults(): Promise<void> {
  const host = await startRealHost('llama', folder, false);
  const gateway = await startWorkerd({
    script: join(bundled, 'worker.js'),
    settings: { API_KEYS: LOCAL_KEY, OPENAI_BASE_URL: `${host.url}/v1`, KEEPALIVE_SECONDS },
  }).catch(async (error) => {
    await host.stop();
    throw error;
  });
  const through = { url: `http://127.0.0.1:${gateway.port}/v1`, key: LOCAL_KEY };
  try {
    for (const [name, check] of [
      ['loading', () => whileLoading(through)],
      ['silence', () => whileSlow(host, through)],
      ['SIGKILL', () => whenKilled(host, through)],
    ] as const) {
      count++;
      const wrong = await check();
      if (wrong === undefined) continue;
      different++;
      console.log(`llama | ${name} | ${wrong}`);
    }
  } finally {
    await gateway.stop();
    await host.stop();
  }
}

function report({ host, name }: Case, found: readonly string[]): void {
  count++;
  const unknown = found.filter((difference) => !isKnown(host, name, difference));
  if (unknown.length > 0) different++;
  for (const difference of showsAll ? found : unknown) {
    console.log(`${host} | ${name} | ${difference.slice(0, 400)}`);
  }
}
