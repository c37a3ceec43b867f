import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { runScenario, scenarios, startFaultyUpstream } from '../chaos/suite.ts';
import type { FaultyUpstream } from '../chaos/upstream.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEY = 'sk-local';

let upstream: FaultyUpstream;
let state: string;
let dev: ChildProcess;
let url: string;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  state = await mkdtemp(join(tmpdir(), 'cedalion-dev-'));
  const settings = {
    API_KEYS: KEY,
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1`,
    OPENAI_API_KEY: 'sk-upstream',
  };
  const variables = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
  dev = spawn(
    process.execPath,
    [
      join(ROOT, 'node_modules/wrangler/bin/wrangler.js'),
      ...['dev', '--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0', '--persist-to', state],
      ...variables,
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
  );
  url = await readyAt(dev.stdout as Readable);
});

afterAll(async () => {
  if (dev?.exitCode === null) {
    const ended = once(dev, 'exit');
    dev.kill('SIGTERM');
    await ended;
  }
  await upstream?.stop();
  await rm(state, { recursive: true, force: true });
});

/**
 * The dev server's proxy only tells the Worker that a client has left after the answer has begun. The chaos suite tests the
 * earlier cases against workerd itself.
 */
const NAMES = ['whole-stream', 'whole-json', 'leave-mid-stream'];

describe('`wrangler dev`, with an upstream that', () => {
  for (const scenario of scenarios.filter(({ name }) => NAMES.includes(name))) {
    it(`${scenario.upstream}: ${scenario.correct}`, async () => {
      await runScenario(scenario, { url, key: KEY, modelPrefix: 'openai/', headers: {} }, upstream);
    });
  }
});

async function readyAt(output: Readable): Promise<string> {
  const lines = createInterface(output);
  for await (const line of lines) {
    const [, ready] = /Ready on (http:\S+)/.exec(line) ?? [];
    if (ready === undefined) continue;
    // Otherwise a full pipe would block it.
    output.resume();
    return ready;
  }
  throw new Error('wrangler dev ended before it was ready.');
}
