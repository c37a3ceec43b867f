import Anthropic, { APIError, BadRequestError, NotFoundError, RateLimitError } from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { PNG } from '../support/pictures.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost, streamed, toolCall } from './scripted-host.ts';

const model = 'openai/scripted';
const PROMPT = 'Translate to French: house';
const user = (content: string) => [{ role: 'user' as const, content }];

let host: ScriptedHost;
let stack: Gateway;
let client: Anthropic;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
  client = new Anthropic({ baseURL: stack.url, apiKey: LOCAL_KEY, maxRetries: 0 });
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});
beforeEach(() => {
  host.requests.length = 0;
});

const weather = {
  name: 'weather',
  description: 'The weather in a city.',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};
const CALL = { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Paris' } };

describe('@anthropic-ai/sdk, with the tiny models', () => {
  test('answers', async () => {
    const request = { model: 'text', max_tokens: 20, temperature: 0, messages: user(PROMPT) };
    const message = await client.messages.create(request);
    expect(message).toMatchObject({
      ...{ type: 'message', role: 'assistant', model: 'tiny-text', stop_reason: 'end_turn', stop_sequence: null },
      content: [{ type: 'text', text: 'maison' }],
    });
    expect(message.id).toMatch(/^msg_/);
    expect(message._request_id).toMatch(/^req_/);
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(message.usage.output_tokens).toBeGreaterThan(0);
  });

  test('streams the same message', async () => {
    const request = { model: 'text', max_tokens: 20, temperature: 0, messages: user(PROMPT) };
    const whole = await client.messages.create(request);
    const stream = client.messages.stream(request);
    const types: string[] = [];
    let text = '';
    stream.on('streamEvent', ({ type }) => types.push(type));
    stream.on('text', (delta) => {
      text += delta;
    });
    const final = await stream.finalMessage();
    expect(types.slice(0, 2)).toEqual(['message_start', 'content_block_start']);
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
    expect(text).toBe('maison');
    expect(final).toEqual({ ...whole, id: final.id, _request_id: undefined });
  });

  test('says that an answer is cut by max_tokens', async () => {
    const request = { model: 'text', max_tokens: 1, temperature: 0, messages: user(PROMPT) };
    expect(await client.messages.create(request)).toMatchObject({ stop_reason: 'max_tokens' });
    expect(await client.messages.stream(request).finalMessage()).toMatchObject({ stop_reason: 'max_tokens' });
  });
});
