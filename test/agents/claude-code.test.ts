import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ScriptedHost, startScriptedHost, streamed } from '../clients/scripted-host.ts';
import { orderProblem } from '../clients/turn-order.ts';
import { type Gateway, LOCAL_KEY, startGateway } from '../support/gateway.ts';
import { CLAUDE_CODE, run } from './programs.ts';

/** Claude Code with its defaults: the models that it names, the tools that it lists, its own fields. */

let host: ScriptedHost;
let gateway: Gateway;
let home: string;
beforeAll(async () => {
  host = await startScriptedHost();
  const MODEL_NAMES = JSON.stringify({ 'claude-*': 'openai/scripted' });
  gateway = await startGateway({ OPENAI_BASE_URL: `${host.url}/v1`, MODEL_NAMES });
  home = await mkdtemp(join(tmpdir(), 'claude-home-'));
  await writeFile(join(home, 'note.txt'), 'what-the-note-says\n');
});
afterAll(async () => {
  await gateway.stop();
  await host.stop();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  host.requests.length = 0;
});

const claude = (prompt: string, ...args: string[]) =>
  run(CLAUDE_CODE, '@anthropic-ai/claude-code/cli-wrapper.cjs', ['-p', prompt, ...args], {
    cwd: home,
    env: {
      ...{ HOME: home, CLAUDE_CONFIG_DIR: join(home, '.claude'), ANTHROPIC_BASE_URL: gateway.url },
      ...{ ANTHROPIC_API_KEY: LOCAL_KEY, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
    },
  });
type Sent = { role: string; content: unknown; tool_calls?: unknown[]; tool_call_id?: string }[];
/** The requests of the conversation: Claude Code also asks for titles and the like. */
const turns = () => host.requests.filter(({ body }) => Array.isArray(body.tools) && body.tools.length > 0);

describe('claude -p', () => {
  test('answers by a model that MODEL_NAMES names, and the host gets functions and no field of the client', async () => {
    host.script = [streamed([{ content: 'Hello from the host.' }])];
    const { code, output } = await claude('Say hello.');
    expect(output).toContain('Hello from the host.');
    expect(code, output).toBe(0);
    const body = turns()[0]?.body ?? {};
    expect(body.model).toBe('scripted');
    for (const { type, function: called } of body.tools as { type: string; function: { name: string } }[]) {
      expect(type).toBe('function');
      expect(called.name).toMatch(/^[\w-]{1,64}$/);
    }
    const known = [
      'model',
      'messages',
      'max_tokens',
      'stream',
      'stream_options',
      'tools',
      'temperature',
      'reasoning_effort',
    ];
    expect(Object.keys(body).filter((field) => !known.includes(field))).toEqual([]);
    expect(orderProblem(body.messages)).toBeUndefined();
  });

  test('runs a tool that the model asks for, and sends what it says', async () => {
    const call = {
      ...{ index: 0, id: 'call_1', type: 'function' },
      function: { name: 'Read', arguments: JSON.stringify({ file_path: join(home, 'note.txt') }) },
    };
    const script = [
      streamed([{ content: 'I look.' }, { tool_calls: [call] }], 'tool_calls'),
      streamed([{ content: 'The note says something.' }]),
    ];
    host.script = script;
    const { code, output } = await claude('What does note.txt say?', '--allowedTools', 'Read');
    expect(code, output).toBe(0);
    expect(output).toContain('The note says something.');
    const messages = turns().at(-1)?.body.messages as Sent;
    expect(orderProblem(messages)).toBeUndefined();
    const result = messages.find(({ role }) => role === 'tool');
    expect(result).toMatchObject({ tool_call_id: 'call_1' });
    expect(JSON.stringify(result?.content)).toContain('what-the-note-says');
    expect(messages.find(({ tool_calls }) => tool_calls)).toMatchObject({ role: 'assistant', content: 'I look.' });
  });
});
