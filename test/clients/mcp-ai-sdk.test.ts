import { createMCPClient } from '@ai-sdk/mcp';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, stepCountIs } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost } from './scripted-host.ts';

let host: ScriptedHost;
let stack: Gateway;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});

test('ai with @ai-sdk/mcp lists the tools, and a model calls one of them', async () => {
  const headers = { authorization: `Bearer ${LOCAL_KEY}` };
  const mcp = await createMCPClient({ transport: { type: 'http', url: `${stack.url}/mcp`, headers } });
  try {
    const tools = await mcp.tools();
    expect(Object.keys(tools)).toEqual(expect.arrayContaining(['chat', 'similarity', 'classify', 'generate_image']));
    const call = {
      ...{ id: 'call_1', type: 'function' },
      function: { name: 'classify', arguments: '{"input":"a photo of a cat","labels":["cat","boat"]}' },
    };
    const message = { content: null, tool_calls: [call] };
    host.script = [{ body: { choices: [{ index: 0, message, finish_reason: 'tool_calls' }] } }, answer('A cat.')];
    const openai = createOpenAI({ baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY });
    const { text, steps } = await generateText({
      ...{ model: openai('openai/scripted'), prompt: 'What is it?', tools, stopWhen: stepCountIs(2) },
    });
    expect(text).toBe('A cat.');
    expect(JSON.stringify(steps[0]?.toolResults[0]?.output)).toContain('cat');
  } finally {
    await mcp.close();
  }
});
