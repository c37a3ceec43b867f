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

  test('reads flags first, then environment variables', async () => {
    const environment = { INFERENCE_PORT: '0', INFERENCE_TOKEN: 'secret', INFERENCE_TEXT: 'overridden' };
    const server = runCommand(RECITER_ONLY, environment);
    await server.ready();
    expect((await fetch(`${server.url()}/v1/models`)).status).toBe(401);
    const headers = { Authorization: 'Bearer secret' };
    const response = await fetch(`${server.url()}/v1/models`, { headers });
    expect(await response.json()).toMatchObject({ data: [{ id: 'reciter' }] });
  });

  test('prints one line with the reason if it cannot start', async () => {
    const { exitCode, output } = runCommand(['--port', '0', '--clip', 'missing']);
    expect(await exitCode()).toBe(1);
    expect(output().trim()).toMatch(
      /^Cannot start\. The model "missing" cannot be loaded: "missing" is neither an existing folder.*$/,
    );
  });

  test('finishes running requests after SIGTERM and accepts no new ones', async () => {
    const server = runCommand([...RECITER_ONLY, '--port', '0']);
    await server.ready();
    const response = await recite(server.url(), 1500);
    server.stop();
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
    expect(await server.exitCode()).toBe(0);
    await expect(recite(server.url(), 1)).rejects.toThrow();
  });

  test('closes requests that take longer than the grace period', async () => {
    const server = runCommand([...RECITER_ONLY, '--port', '0', '--grace', '0.2']);
    await server.ready();
    const response = await recite(server.url(), 30_000);
    server.stop();
    await expect(response.text()).rejects.toThrow();
    expect(await server.exitCode()).toBe(0);
  });
});
