import { createOpenAI } from '@ai-sdk/openai';
import { Agent, tool as agentTool, OpenAIProvider, Runner } from '@openai/agents';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost, streamedToolCall, toolCall } from './scripted-host.ts';

const PROBLEM = "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.";

let host: ScriptedHost;
let stack: Gateway;
let client: OpenAI;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
  client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY });
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});
beforeEach(() => {
  host.requests.length = 0;
});

describe('openai, with the tiny models', () => {
  test('answers', async () => {
    const response = await client.responses.create({ model: 'text', input: PROBLEM, temperature: 0 });
    expect(response.output_text).toContain('4.');
    expect(response).toMatchObject({ status: 'completed', model: 'tiny-text', store: false });
    const { input_tokens = 0, output_tokens = 0, total_tokens } = response.usage ?? {};
    expect(total_tokens).toBe(input_tokens + output_tokens);
    expect(output_tokens).toBeGreaterThan(0);
  });

  test('streams the same response through the accumulator of the library', async () => {
    const request = { model: 'text', input: PROBLEM, temperature: 0 };
    const whole = await client.responses.create(request);
    const stream = client.responses.stream(request);
    let text = '';
    const numbers: number[] = [];
    for await (const event of stream) {
      numbers.push(event.sequence_number);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    const final = await stream.finalResponse();
    expect(numbers).toEqual(numbers.map((_, i) => i));
    expect(final.output_text).toBe(whole.output_text);
    expect(text).toBe(whole.output_text);
    expect(final.usage).toEqual(whole.usage);
  });
});
