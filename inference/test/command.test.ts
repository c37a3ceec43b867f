import { describe, expect, test } from 'vitest';
import { runCommand } from './run-command.ts';
import { fixtureModel } from './start.ts';

const RECITER_ONLY = ['--text', fixtureModel('reciter'), '--clip', 'none', '--image', 'none'];

const recite = (url: string, max_tokens: number) =>
  fetch(`${url}/v1/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'reciter', prompt: 'x', max_tokens, stream: true }),
  });

describe('node server.ts', () => {
  test('serves the three tiny models by default', async () => {
    const server = runCommand(['--port', '0']);
    await server.ready();
    expect(server.output()).toMatch(/^Serving tiny-text, tiny-clip, tiny-image on http:\/\/127\.0\.0\.1:\d+ /);
    expect((await fetch(`${server.url()}/health`)).status).toBe(200);
  });

  test('takes flags, and the environment for what no flag says', async () => {
    const environment = { INFERENCE_PORT: '0', INFERENCE_TOKEN: 'secret', INFERENCE_TEXT: 'overruled' };
    const server = runCommand(RECITER_ONLY, environment);
    await server.ready();
    expect((await fetch(`${server.url()}/v1/models`)).status).toBe(401);
    const headers = { Authorization: 'Bearer secret' };
    const response = await fetch(`${server.url()}/v1/models`, { headers });
    expect(await response.json()).toMatchObject({ data: [{ id: 'reciter' }] });
  });

  test('says in one line why it cannot start', async () => {
    const { exitCode, output } = runCommand(['--port', '0', '--clip', 'missing']);
    expect(await exitCode()).toBe(1);
    expect(output().trim()).toMatch(
      /^Cannot start\. The model "missing" cannot be loaded: There is no model folder.*$/,
    );
  });

  test('finishes what it is doing when told to stop, and takes nothing new', async () => {
    const server = runCommand([...RECITER_ONLY, '--port', '0']);
    await server.ready();
    const response = await recite(server.url(), 1500);
    server.stop();
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
    expect(await server.exitCode()).toBe(0);
    await expect(recite(server.url(), 1)).rejects.toThrow();
  });

  test('cuts off what takes longer than its grace time', async () => {
    const server = runCommand([...RECITER_ONLY, '--port', '0', '--grace', '0.2']);
    await server.ready();
    const response = await recite(server.url(), 30_000);
    server.stop();
    await expect(response.text()).rejects.toThrow();
    expect(await server.exitCode()).toBe(0);
  });
});
