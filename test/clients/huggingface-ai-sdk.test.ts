import { createHuggingFace } from '@ai-sdk/huggingface';
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost, streamed, toolCall } from './scripted-host.ts';

let host: ScriptedHost;
let stack: Gateway;
let huggingface: ReturnType<typeof createHuggingFace>;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
  huggingface = createHuggingFace({ baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY });
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});
beforeEach(() => {
  host.requests.length = 0;
});

const weather = tool({
  inputSchema: jsonSchema<{ city: string }>({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  }),
  execute: async ({ city }) => `sunny in ${city}`,
});

describe('ai with @ai-sdk/huggingface, which uses responses', () => {
  test('generates text from the tiny model, with usage', async () => {
    const { text, usage } = await generateText({ model: huggingface('text'), prompt: 'Translate to French: house' });
    expect(text).toBe('maison');
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  test('streams text and reasoning', async () => {
    host.script = [streamed([{ reasoning: 'Simple.' }, { content: 'It is ' }, { content: 'sunny.' }])];
    const result = streamText({ model: huggingface('openai/scripted'), prompt: 'Weather?' });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect([text, await result.finishReason]).toEqual(['It is sunny.', 'stop']);
  });

  test('calls a tool, and answers from its result', async () => {
    host.script = [toolCall, answer('It is sunny in Paris.')];
    const { text, steps } = await generateText({
      ...{ model: huggingface('openai/scripted'), prompt: 'Weather?', tools: { weather }, stopWhen: stepCountIs(2) },
    });
    expect(text).toBe('It is sunny in Paris.');
    expect(steps[0]?.toolResults[0]?.output).toBe('sunny in Paris');
  });

  test('generates an object by a schema', async () => {
    host.script = [answer('{"animal":"cat"}')];
    const schema = jsonSchema<{ animal: string }>({ type: 'object', properties: { animal: { type: 'string' } } });
    const { output } = await generateText({
      ...{ model: huggingface('openai/scripted'), prompt: 'Which animal?', output: Output.object({ schema }) },
    });
    expect(output).toEqual({ animal: 'cat' });
    expect(host.requests[0]?.body).toMatchObject({ response_format: { type: 'json_schema' } });
  });
});
