import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
 * The dev server's proxy only tells the Worker that a client has left after the answer has begun. The chaos
 * suite tests the earlier cases against workerd itself.
 */
const NAMES = ['whole-stream', 'whole-json', 'leave-mid-stream'];

describe('`wrangler dev`, with an upstream that', () => {
  for (const scenario of scenarios.filter(({ name }) => NAMES.includes(name))) {
    it(`${scenario.upstream}: ${scenario.correct}`, async () => {
      await runScenario(scenario, { url, key: KEY, modelPrefix: 'openai/', headers: {} }, upstream);
    });
  }
});

describe('`wrangler dev` passes the answer on to a client that is still sending', () => {
  const post = (headers: Record<string, string>, body: NonNullable<RequestInit['body']>) =>
    fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body, ...{ duplex: 'half' } });
  const json = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const large = () => new Uint8Array(20 * 1024 * 1024).fill(0x20);
  const inPieces = () => new Blob([large()]).stream();

  it.each([
    ['of a body that is too large', json, large, 413],
    ['of one whose length is not declared', json, inPieces, 413],
    ['of a key that is wrong', { ...json, authorization: 'Bearer sk-wrong' }, large, 401],
    ['of a body that is not JSON', { ...json, 'content-type': 'text/plain' }, large, 415],
  ] as const)('%s', async (_, headers, body, status) => {
    const answer = await post(headers, body());
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code: expect.any(String) } });
  });
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
