import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from './run-command.ts';
import { fixtureModel } from './start.ts';

/**
 * A model hub that serves the fixtures as `owner/<name>`. It sends each file in two parts to make progress
 * visible.
 */
async function startHub(): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const [, name, file] = /^\/owner\/([\w-]+)\/resolve\/main\/([\w./-]+)$/.exec(request.url ?? '') ?? [];
    const path = join(fixtureModel(name ?? ''), file ?? '');
    if (name === undefined || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const bytes = readFileSync(path);
    response.writeHead(200, { 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2));
    await wait(20);
    response.end(bytes.subarray(bytes.length / 2));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a hub model is downloaded with progress output, and loaded from the cache the next time', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'hub-'));
  onTestFinished(() => rm(cache, { recursive: true }));
  const { server, url } = await startHub();
  const environment = { HF_ENDPOINT: url, INFERENCE_CACHE: cache, INFERENCE_TEXT: 'none', INFERENCE_IMAGE: 'none' };
  const flags = ['--clip', 'owner/random-clip', '--port', '0'];

  const first = runCommand(flags, environment);
  await first.ready();
  expect(first.output()).toMatch(/Downloading owner\/random-clip: \d\.\d of \d\.\d MB/);
  expect(first.output()).toContain('Serving owner/random-clip on');

  server.closeAllConnections();
  server.close();
  const second = runCommand(flags, environment);
  await second.ready();
  expect(second.output()).not.toContain('Downloading');
});

test('the error for a model that the hub does not have names the model', async () => {
  const { url } = await startHub();
  const { exitCode, output } = runCommand(['--clip', 'owner/missing', '--port', '0'], { HF_ENDPOINT: url });
  expect(await exitCode()).toBe(1);
  expect(output()).toMatch(/Cannot start\. The model "owner\/missing" cannot be loaded: .*config\.json/);
});
