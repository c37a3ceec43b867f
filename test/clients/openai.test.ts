import { readFileSync } from 'node:fs';
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError, RateLimitError, toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { answer, refusal, type ScriptedHost, startScriptedHost, streamedToolCall, toolCall } from './scripted-host.ts';

const PROBLEM = "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.";

let host: ScriptedHost;
let stack: Gateway;
let client: OpenAI;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1`, OPENAI_API_KEY: 'sk-of-the-host' });
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
  test('chats', async () => {
    const { data, response, request_id } = await client.chat.completions
      .create({ model: 'text', messages: [{ role: 'user', content: PROBLEM }], temperature: 0 })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain('4.');
    expect(data.choices[0]?.finish_reason).toBe('stop');
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
    expect(response.headers.get('x-cedalion-target')).toBe('origin/tiny-text');
    expect(request_id).toMatch(/^req_/);
  });

  test('streams the same text, with usage at the end', async () => {
    const request = { model: 'text', messages: [{ role: 'user' as const, content: PROBLEM }], temperature: 0 };
    const whole = await client.chat.completions.create(request);
    const stream = await client.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    const finishReasons = [];
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0]?.finish_reason) finishReasons.push(chunk.choices[0].finish_reason);
      usage = chunk.usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(finishReasons).toEqual(['stop']);
    expect(usage).toEqual(whole.usage);
  });

  test("streams through the library's own runner", async () => {
    const runner = client.chat.completions.stream({
      model: 'text',
      messages: [{ role: 'user', content: 'Translate to French: the red house' }],
      temperature: 0,
    });
    const pieces: string[] = [];
    runner.on('content', (piece) => pieces.push(piece));
    expect(await runner.finalContent()).toBe(pieces.join(''));
  });

  test('continues raw text, with legacy completions', async () => {
    const { choices, usage, object } = await client.completions.create({
      model: 'text',
      prompt: ['sea => mer\ncheese => fromage\nhouse =>', 'one => un\nhouse =>'],
      max_tokens: 4,
      temperature: 0,
    });
    expect(object).toBe('text_completion');
    expect(choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(usage?.completion_tokens).toBeGreaterThan(0);
  });

  test('embeds with its own base64 and with floats, with the same vectors', async () => {
    const input = ['a photo of a cat', 'a photo of a dog'];
    const { data } = await client.embeddings.create({ model: 'embed', input });
    const floats = await client.embeddings.create({ model: 'embed', input, encoding_format: 'float' });
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expect(data[0]?.embedding).toHaveLength(96);
    expect(data.map(({ embedding }) => embedding)).toEqual(floats.data.map(({ embedding }) => embedding));
    expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 5);
  });

  test('generates images', async () => {
    const { data } = await client.images.generate({
      model: 'image',
      prompt: 'a red circle',
      size: '64x64' as '256x256',
    });
    const bytes = Buffer.from(data?.[0]?.b64_json ?? '', 'base64');
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([64, 64]);
  });

  test('lists models, and finds one with a slash in its name', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(['text', 'clip', 'image', 'tiny-text']));
    expect((await client.models.retrieve('openai/clip-vit-base-patch32')).id).toBe('openai/clip-vit-base-patch32');
  });

  test('streams an image as one event', async () => {
    const request = { model: 'image', prompt: 'a red circle', size: '64x64', stream: true } as const;
    const types: string[] = [];
    for await (const event of await client.images.generate(request as OpenAI.ImageGenerateParamsStreaming)) {
      types.push(event.type);
      expect(Buffer.from(event.b64_json, 'base64').subarray(1, 4).toString()).toBe('PNG');
    }
    expect(types).toEqual(['image_generation.completed']);
  });

  test('calls the routes of this project with its generic methods', async () => {
    const picture = readFileSync(new URL('../fixtures/pictures/cat.png', import.meta.url));
    const { results } = await client.post<{ results: { index: number; cosine: number }[] }>('/similarity', {
      body: {
        query: { image: picture.toString('base64') },
        documents: ['a photo of a dog', 'a photo of a cat'],
      },
    });
    expect(results[0]?.index).toBe(1);
  });
});

describe('openai, with a host at OPENAI_BASE_URL', () => {
  const weather = {
    type: 'function' as const,
    function: {
      name: 'weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  };

  test('calls a tool, and answers from its result', async () => {
    host.script = [toolCall, answer('It is sunny in Paris.')];
    const asked: unknown[] = [];
    const runner = client.chat.completions.runTools({
      model: 'openai/scripted',
      messages: [{ role: 'user', content: 'How is the weather in Paris?' }],
      tools: [
        {
          ...weather,
          function: {
            ...weather.function,
            description: 'The weather of a city',
            parse: (text: string): { city: string } => JSON.parse(text),
            function: (parameters: { city: string }) => {
              asked.push(parameters);
              return 'sunny';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('It is sunny in Paris.');
    expect(asked).toEqual([{ city: 'Paris' }]);
    const [first, second] = host.requests;
    expect(first?.body).toMatchObject({ model: 'scripted', tools: [weather] });
    expect(first?.headers.authorization).toBe('Bearer sk-of-the-host');
    expect(second?.body.messages).toMatchObject([{}, {}, { role: 'tool', tool_call_id: 'call_1', content: 'sunny' }]);
  });

  test('assembles a streamed tool call', async () => {
    host.script = [streamedToolCall];
    const runner = client.chat.completions.stream({
      model: 'openai/scripted',
      messages: [{ role: 'user', content: 'How is the weather in Paris?' }],
      tools: [weather],
    });
    const { choices } = await runner.finalChatCompletion();
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    expect(choices[0]?.message.tool_calls?.[0]).toMatchObject({
      id: 'call_1',
      function: { name: 'weather', arguments: '{"city":"Paris"}' },
    });
  });

  test('gets an answer if the host is busy for a second', async () => {
    host.script = [refusal(429, { 'retry-after': '1' }), answer('Here I am.')];
    const { choices } = await client.chat.completions.create({
      model: 'openai/scripted',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(choices[0]?.message.content).toBe('Here I am.');
    expect(host.requests).toHaveLength(2);
  });

  test('throws a RateLimitError if the host stays busy', async () => {
    host.script = [refusal(429, { 'retry-after': '1' })];
    const refused = client.chat.completions.create(
      { model: 'openai/scripted', messages: [{ role: 'user', content: 'Hello' }] },
      { maxRetries: 0 },
    );
    await expect(refused).rejects.toBeInstanceOf(RateLimitError);
    await expect(refused).rejects.toMatchObject({ code: 'upstream_rate_limited', type: 'rate_limit_error' });
  });
});

describe('openai, with errors', () => {
  const messages = [{ role: 'user' as const, content: 'Hello' }];

  test('a wrong key is an AuthenticationError', async () => {
    const stranger = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'sk-wrong' });
    const refused = stranger.chat.completions.create({ model: 'text', messages });
    await expect(refused).rejects.toBeInstanceOf(AuthenticationError);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_api_key', status: 401 });
  });

  test('an unknown model is a NotFoundError that names the parameter', async () => {
    const refused = client.chat.completions.create({ model: 'nobody', messages });
    await expect(refused).rejects.toBeInstanceOf(NotFoundError);
    await expect(refused).rejects.toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  test('an invalid value is a BadRequestError that names the parameter', async () => {
    const refused = client.chat.completions.create({ model: 'text', messages, temperature: 9 });
    await expect(refused).rejects.toBeInstanceOf(BadRequestError);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_parameter', param: 'temperature' });
  });

  test('an API that is not offered is a NotFoundError, not a parsing failure', async () => {
    const gone = { status: 404, code: 'not_found' };
    const file = await toFile(Buffer.from('x'), 'x.jsonl');
    await expect(client.files.create({ file, purpose: 'batch' })).rejects.toMatchObject(gone);
    await expect(client.vectorStores.list()).rejects.toMatchObject(gone);
  });

  test('tokens instead of text are rejected by name, and so are tools that a model does not support', async () => {
    await expect(client.embeddings.create({ model: 'embed', input: [1, 2, 3] })).rejects.toMatchObject({
      status: 400,
      param: 'input',
    });
    const tools = [{ type: 'function' as const, function: { name: 'weather' } }];
    await expect(client.chat.completions.create({ model: 'tiny-text', messages, tools })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('tools'),
    });
  });
});
