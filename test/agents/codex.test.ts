import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ScriptedHost, startScriptedHost, streamed } from '../clients/scripted-host.ts';
import { orderProblem } from '../clients/turn-order.ts';
import { type Gateway, LOCAL_KEY, startGateway } from '../support/gateway.ts';
import { CODEX, run } from './programs.ts';

/** Codex CLI with its defaults: the tools that it lists, its own fields, and responses that are not kept. */

let host: ScriptedHost;
let gateway: Gateway;
let home: string;
beforeAll(async () => {
  host = await startScriptedHost();
  gateway = await startGateway({ OPENAI_BASE_URL: `${host.url}/v1` });
  home = await mkdtemp(join(tmpdir(), 'codex-home-'));
  const config = `model = "openai/scripted"
model_provider = "cedalion"
[model_providers.cedalion]
name = "Cedalion"
base_url = "${gateway.url}/v1"
env_key = "CEDALION_KEY"
wire_api = "responses"
`;
  await writeFile(join(home, 'config.toml'), config);
});
afterAll(async () => {
  await gateway.stop();
  await host.stop();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  host.requests.length = 0;
});

const codex = (prompt: string) =>
  run(CODEX, 'codex', ['exec', '--skip-git-repo-check', prompt], {
    cwd: home,
    env: { CODEX_HOME: home, CEDALION_KEY: LOCAL_KEY },
  });
const called = (name: string, args: object, index = 0) => ({
  tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: JSON.stringify(args) } }],
});
const messagesOf = (request: number) => host.requests[request]?.body.messages as Record<string, unknown>[];

describe('codex exec', () => {
  test('answers, and the host gets functions only and no field of the client', async () => {
    host.script = [streamed([{ content: 'Hello from the host.' }])];
    const { code, output } = await codex('Say hello.');
    expect(output).toContain('Hello from the host.');
    expect(code, output).toBe(0);
    const { body } = host.requests[0] ?? {};
    const tools = body?.tools as { type: string; function: { name: string } }[];
    expect(tools.length).toBeGreaterThan(3);
    for (const { type, function: called } of tools) {
      expect(type).toBe('function');
      expect(called.name).toMatch(/^[\w-]{1,64}$/);
    }
    expect(Object.keys(body ?? {})).not.toContain('client_metadata');
    expect(orderProblem(body?.messages)).toBeUndefined();
  });

  test('runs a command that the model asks for, with text between, and sends what it printed', async () => {
    const asks = [{ content: 'I look.' }, called('exec_command', { cmd: 'echo made-by-a-command' }), { content: '\n' }];
    host.script = [streamed(asks, 'tool_calls'), streamed([{ content: 'Done.' }])];
    const { code, output } = await codex('Run echo.');
    expect(code, output).toBe(0);
    expect(output).toContain('Done.');
    expect(orderProblem(messagesOf(1))).toBeUndefined();
    const [asked, result] = messagesOf(1).slice(-2);
    expect(asked).toMatchObject({ role: 'assistant', content: 'I look.' });
    expect(result).toMatchObject({ role: 'tool', tool_call_id: 'call_0' });
  });

  test('finds a tool of a namespace by the name that the model calls', async () => {
    host.script = [streamed([{ content: 'Hi.' }])];
    await codex('Hi');
    const names = ((host.requests[0]?.body.tools ?? []) as { function: { name: string } }[]).map(
      (tool) => tool.function.name,
    );
    const name = names.find((name) => name.includes('__')) ?? '';
    expect(name).not.toBe('');
    host.requests.length = 0;
    host.script = [streamed([called(name, { target: 'nobody' })], 'tool_calls'), streamed([{ content: 'Done.' }])];
    const { code, output } = await codex('Go.');
    expect(code, output).toBe(0);
    const result = messagesOf(1).at(-1);
    expect(result).toMatchObject({ role: 'tool', tool_call_id: 'call_0' });
    expect(JSON.stringify(result)).not.toMatch(/unsupported call/i);
    expect(messagesOf(1).at(-2)).toMatchObject({ tool_calls: [{ function: { name } }] });
  });
});
