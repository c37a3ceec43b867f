import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fixtureModel } from './start.ts';

const SERVER = join(import.meta.dirname, '..', 'server.ts');

interface Started {
  process: ChildProcess;
  output: () => string;
}

/** Runs the command as a user does. */
function run(flags: string[], environment: Record<string, string> = {}): Started {
  let output = '';
  const child = spawn(process.execPath, [SERVER, ...flags], { env: { ...process.env, ...environment } });
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { process: child, output: () => output };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const RECITER_ONLY = ['--text', fixtureModel('reciter'), '--clip', 'none', '--image', 'none'];

async function ready(started: Started): Promise<void> {
  await expect.poll(started.output, { timeout: 10_000 }).toContain('Serving');
}

describe('node server.ts', () => {
  test('serves the three tiny models by default', async () => {
    const port = await freePort();
    const started = run(['--port', String(port)]);
    await ready(started);
    expect(started.output()).toMatch(`Serving tiny-text, tiny-clip, tiny-image on http://127.0.0.1:${port}`);
  });

  test('takes flags, and the environment for what no flag says', async () => {
    const port = await freePort();
    const environment = { INFERENCE_PORT: String(port), INFERENCE_TOKEN: 'secret', INFERENCE_TEXT: 'overruled' };
    await ready(run(RECITER_ONLY, environment));
    expect((await fetch(`http://127.0.0.1:${port}/v1/models`)).status).toBe(401);
    const headers = { Authorization: 'Bearer secret' };
    const response = await fetch(`http://127.0.0.1:${port}/v1/models`, { headers });
    expect(await response.json()).toMatchObject({ data: [{ id: 'reciter' }] });
  });

  test.each([
    ['an unknown flag', ['--modle', 'x'], /Unknown option '--modle'/],
    ['a port that is none', ['--port', 'http'], /--port must be/],
    ['a precision that is none', ['--dtype', 'int7'], /--dtype must be one of/],
    [
      'a model that is not there',
      ['--clip', 'missing'],
      /The model "missing" cannot be loaded: There is no model folder/,
    ],
  ])('refuses %s in one line', async (_, flags, message) => {
    const { process: child, output } = run(['--port', '0', ...flags]);
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(output().trim()).toMatch(/^Cannot start\. /);
    expect(output().trim()).toMatch(message);
    expect(output().trim().split('\n')).toHaveLength(1);
  });

  test('finishes what it is doing when told to stop, and takes nothing new', async () => {
    const port = await freePort();
    const started = run([...RECITER_ONLY, '--port', String(port)]);
    await ready(started);
    const url = `http://127.0.0.1:${port}/v1/completions`;
    const ask = (max_tokens: number) =>
      fetch(url, {
        method: 'POST',
        body: JSON.stringify({ model: 'reciter', prompt: 'x', max_tokens, stream: true }),
      });
    const response = await ask(1500);
    const exit = once(started.process, 'exit');
    started.process.kill('SIGTERM');
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
    await expect(ask(1)).rejects.toThrow();
    expect(await exit).toEqual([0, null]);
  });

  test('cuts off what takes longer than its grace time', async () => {
    const port = await freePort();
    const started = run([...RECITER_ONLY, '--port', String(port)], { INFERENCE_GRACE: '0.2' });
    await ready(started);
    const response = await fetch(`http://127.0.0.1:${port}/v1/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'reciter', prompt: 'x', max_tokens: 30_000, stream: true }),
    });
    const exit = once(started.process, 'exit');
    started.process.kill('SIGTERM');
    await expect(response.text()).rejects.toThrow();
    expect(await exit).toEqual([0, null]);
  });
});
