import { createAnthropic } from '@ai-sdk/anthropic';
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { ChatAnthropic } from '@langchain/anthropic';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { PNG } from '../support/pictures.ts';
import { startStack } from '../support/stack.ts';
import {
  answer,
  refusal,
  type ScriptedHost,
  startScriptedHost,
  streamed,
  streamedToolCall,
  toolCall,
} from './scripted-host.ts';

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
    expect(final).toEqual({ ...whole, id: final.id, parsed_output: null });
  });

  test('counts tokens, and lists models in its own shape', async () => {
    const { input_tokens } = await client.messages.countTokens({ model: 'text', messages: user(PROMPT) });
    expect(input_tokens).toBeGreaterThan(5);
    const ids: string[] = [];
    for await (const { id, type } of client.models.list({ limit: 3 })) {
      expect(type).toBe('model');
      ids.push(id);
    }
    expect(ids.length).toBeGreaterThan(3);
    expect(ids).toContain('tiny-text');
    expect(await client.models.retrieve('text')).toMatchObject({ id: 'text', display_name: 'text' });
  });

  test('says that an answer is cut by max_tokens', async () => {
    const request = { model: 'text', max_tokens: 1, temperature: 0, messages: user(PROMPT) };
    expect(await client.messages.create(request)).toMatchObject({ stop_reason: 'max_tokens' });
    expect(await client.messages.stream(request).finalMessage()).toMatchObject({ stop_reason: 'max_tokens' });
  });
});

describe('@anthropic-ai/sdk, with tools', () => {
  const request = { model, max_tokens: 99, messages: user('Weather in Paris?'), tools: [weather] };

  test('gets a call, complete and from a stream in pieces', async () => {
    host.script = [toolCall, streamedToolCall];
    expect(await client.messages.create(request)).toMatchObject({ content: [CALL], stop_reason: 'tool_use' });
    const pieces: string[] = [];
    const stream = client.messages.stream(request).on('inputJson', (piece) => pieces.push(piece));
    expect(await stream.finalMessage()).toMatchObject({ content: [CALL], stop_reason: 'tool_use' });
    expect(pieces).toEqual(['{"city":', '"Paris"}']);
    expect(host.requests[0]?.body).toEqual({
      ...{ model: 'scripted', max_tokens: 99, messages: [{ role: 'user', content: 'Weather in Paris?' }] },
      tools: [
        {
          type: 'function',
          function: { name: 'weather', description: weather.description, parameters: weather.input_schema },
        },
      ],
    });
  });

  test.each([false, true])('the tool runner runs a tool, and sends its result: stream %s', async (stream) => {
    host.script = stream
      ? [streamedToolCall, streamed([{ content: 'It is sunny.' }])]
      : [toolCall, answer('It is sunny.')];
    const asked: string[] = [];
    const runnable = betaZodTool({
      ...{ name: 'weather', description: 'The weather in a city.', inputSchema: z.object({ city: z.string() }) },
      run: ({ city }) => {
        asked.push(city);
        return 'sunny';
      },
    });
    const runner = client.beta.messages.toolRunner({ ...request, tools: [runnable], stream });
    expect((await runner.runUntilDone()).content).toMatchObject([{ type: 'text', text: 'It is sunny.' }]);
    expect(asked).toEqual(['Paris']);
    // It tries a thread first, is told that there are none, and sends all of the conversation.
    expect(host.requests).toHaveLength(2);
    expect(host.requests[1]?.body.messages).toEqual([
      { role: 'user', content: 'Weather in Paris?' },
      {
        ...{ role: 'assistant', content: null },
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    ]);
  });
});

describe('@anthropic-ai/sdk, with a host that thinks', () => {
  const deltas = [{ reasoning_content: 'Two and ' }, { reasoning_content: 'two.' }, { content: 'Four.' }];

  test('gets what it thinks if it asks for it, and sends it back without harm', async () => {
    host.script = [streamed(deltas), answer('Yes.')];
    const thinking = { type: 'enabled', budget_tokens: 1024 } as const;
    const request = { model, max_tokens: 2048, messages: user('2 + 2?'), thinking };
    const { content } = await client.messages.stream(request).finalMessage();
    expect(content).toEqual([
      { type: 'thinking', thinking: 'Two and two.', signature: '' },
      { type: 'text', text: 'Four.' },
    ]);
    const messages = [...request.messages, { role: 'assistant' as const, content }, ...user('Sure?')];
    await client.messages.create({ ...request, messages });
    expect(host.requests[1]?.body.messages).toEqual([
      ...user('2 + 2?'),
      { role: 'assistant', content: 'Four.' },
      ...user('Sure?'),
    ]);
  });

  test('gets the text alone if it does not', async () => {
    host.script = [streamed(deltas)];
    const stream = client.messages.stream({ model, max_tokens: 9, messages: user('2 + 2?') });
    expect((await stream.finalMessage()).content).toEqual([{ type: 'text', text: 'Four.' }]);
  });
});

test('@anthropic-ai/sdk puts the pages that a host cites beside the text of a stream', async () => {
  const url_citation = { url: 'https://example.com/', title: 'An example', start_index: 0, end_index: 5 };
  host.script = [streamed([{ content: 'Sunny today.' }, { annotations: [{ type: 'url_citation', url_citation }] }])];
  const stream = client.messages.stream({ model, max_tokens: 99, messages: user('Weather?') });
  expect((await stream.finalMessage()).content).toMatchObject([
    { type: 'text', text: 'Sunny today.', citations: [{ url: 'https://example.com/', cited_text: 'Sunny' }] },
  ]);
});

describe('@anthropic-ai/sdk, when something fails', () => {
  const request = { model, max_tokens: 9, messages: user('Hi') };

  test.each([
    [400, 'invalid_request_error', BadRequestError],
    [429, 'rate_limit_error', RateLimitError],
    [529, 'overloaded_error', InternalServerError],
  ] as const)('raises its own class for %i', async (status, type, Class) => {
    host.script = [refusal(status === 529 ? 503 : status)];
    const failed = client.messages.create(request);
    await expect(failed).rejects.toBeInstanceOf(Class);
    await expect(failed).rejects.toMatchObject({ status, type, requestID: expect.stringMatching(/^req_/) });
  });

  test('names the model that is not there, and refuses a wrong key', async () => {
    const missing = client.messages.create({ ...request, model: 'none' });
    await expect(missing).rejects.toBeInstanceOf(NotFoundError);
    await expect(missing).rejects.toMatchObject({
      error: { type: 'error', error: { type: 'not_found_error', code: 'model_not_found', param: 'model' } },
    });
    const stranger = new Anthropic({ baseURL: stack.url, apiKey: 'sk-wrong', maxRetries: 0 });
    await expect(stranger.messages.create(request)).rejects.toBeInstanceOf(AuthenticationError);
  });

  test('raises an error for a stream that is cut, and completes no message', async () => {
    host.script = [{ ...streamed([{ content: 'Half' }]), isCut: true }].map(({ body, isCut }) => ({
      body: (body as object[]).slice(0, 1),
      isCut,
    }));
    const stream = client.messages.stream(request);
    const types: string[] = [];
    stream.on('streamEvent', ({ type }) => types.push(type));
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIError);
    expect(types).toContain('content_block_delta');
    expect(types).not.toContain('message_stop');
  });
});

test('@anthropic-ai/sdk sends pictures, documents and all of the sampling', async () => {
  host.script = [answer('A cat.')];
  await client.messages.create({
    ...{ model, max_tokens: 9, temperature: 0.5, top_p: 0.9, stop_sequences: ['END'], metadata: { user_id: 'ü' } },
    system: [
      { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'Be kind.' },
    ],
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: Buffer.from(PNG).toString('base64') },
          },
          { type: 'image', source: { type: 'url', url: 'https://example.com/cat.png' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
            title: 'a.pdf',
          },
          { type: 'text', text: 'What is it?', cache_control: { type: 'ephemeral' } },
        ],
      },
    ],
  });
  expect(host.requests[0]?.body).toEqual({
    ...{ model: 'scripted', max_tokens: 9, temperature: 0.5, top_p: 0.9, stop: ['END'] },
    messages: [
      { role: 'system', content: 'Be brief.\n\nBe kind.' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${Buffer.from(PNG).toString('base64')}` } },
          { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ],
  });
});

describe('ai with @ai-sdk/anthropic', () => {
  const anthropic = () => createAnthropic({ baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY });
  const tools = {
    weather: tool({
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `sunny in ${city}`,
    }),
  };

  test('generates text, with usage, and streams the same', async () => {
    const request = { model: anthropic()('text'), prompt: PROMPT, temperature: 0, maxRetries: 0, maxOutputTokens: 20 };
    const { text, finishReason, usage } = await generateText(request);
    expect({ text, finishReason }).toEqual({ text: 'maison', finishReason: 'stop' });
    const streamed = streamText(request);
    expect(await streamed.text).toBe('maison');
    expect(await streamed.usage).toMatchObject({ inputTokens: usage.inputTokens, outputTokens: usage.outputTokens });
  });

  test.each([false, true])('runs a tool and sends its result: stream %s', async (stream) => {
    host.script = stream ? [streamedToolCall, streamed([{ content: 'Sunny.' }])] : [toolCall, answer('Sunny.')];
    const request = {
      model: anthropic()(model),
      prompt: 'Weather?',
      tools,
      stopWhen: stepCountIs(2),
      maxRetries: 0,
      maxOutputTokens: 20,
    };
    const result = stream ? streamText(request) : await generateText(request);
    expect(await result.text).toBe('Sunny.');
    expect(host.requests[1]?.body.messages).toMatchObject([
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { arguments: '{"city":"Paris"}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny in Paris' },
    ]);
  });

  test('raises an error with its message', async () => {
    host.script = [refusal(429)];
    const failed = generateText({ model: anthropic()(model), prompt: 'Hi', maxRetries: 0, maxOutputTokens: 20 });
    await expect(failed).rejects.toMatchObject({ statusCode: 429, message: expect.stringContaining('Too many') });
  });
});

describe('@langchain/anthropic', () => {
  const chat = (name: string) =>
    new ChatAnthropic({ model: name, anthropicApiUrl: stack.url, apiKey: LOCAL_KEY, maxTokens: 20, maxRetries: 0 });

  test('chats and streams, with usage', async () => {
    const message = await chat('text').invoke(PROMPT);
    expect(message.text).toBe('maison');
    const chunks = [];
    for await (const chunk of await chat('text').stream(PROMPT)) chunks.push(chunk);
    const whole = chunks.reduce((sum, chunk) => sum.concat(chunk));
    expect(whole.text).toBe('maison');
    // Of a stream this client only reads the estimate that comes first.
    const counted = { output_tokens: expect.any(Number), input_tokens: expect.any(Number) };
    expect(message).toMatchObject({ usage_metadata: counted });
    expect(whole).toMatchObject({ usage_metadata: counted });
  });

  test('calls a tool, complete and as a stream', async () => {
    host.script = [toolCall, streamedToolCall];
    const calling = chat(model).bindTools([weather]);
    const calls = [{ name: 'weather', args: { city: 'Paris' }, id: 'call_1' }];
    expect(await calling.invoke('Weather in Paris?')).toMatchObject({ tool_calls: calls });
    const chunks = [];
    for await (const chunk of await calling.stream('Weather in Paris?')) chunks.push(chunk);
    expect(chunks.reduce((sum, chunk) => sum.concat(chunk))).toMatchObject({ tool_calls: calls });
  });
});
