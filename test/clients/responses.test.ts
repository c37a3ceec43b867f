import OpenAI, { BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { PNG } from '../support/pictures.ts';
import { startStack } from '../support/stack.ts';
import { answer, refusal, type ScriptedHost, startScriptedHost, streamed, toolCall } from './scripted-host.ts';

const PROBLEM = "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.";
const model = 'openai/scripted';

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

describe('openai.responses, with the tiny models', () => {
  test('answers, and keeps nothing', async () => {
    const response = await client.responses.create({ model: 'text', input: PROBLEM, temperature: 0 });
    expect(response.output_text).toContain('4.');
    expect(response).toMatchObject({ status: 'completed', model: 'tiny-text', store: false });
    const { input_tokens = 0, output_tokens = 0, total_tokens } = response.usage ?? {};
    expect(output_tokens).toBeGreaterThan(0);
    expect(total_tokens).toBe(input_tokens + output_tokens);
    const gone = client.responses.retrieve(response.id);
    await expect(gone).rejects.toBeInstanceOf(NotFoundError);
    await expect(gone).rejects.toMatchObject({ code: 'response_not_found' });
  });

  test('streams the same response', async () => {
    const request = { model: 'text', input: PROBLEM, temperature: 0 };
    const whole = await client.responses.create(request);
    const { events, final } = await collect(client.responses.stream(request));
    const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []));
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i));
    expect(deltas.length).toBeGreaterThan(3);
    expect(deltas.join('')).toBe(whole.output_text);
    expect(final.output_text).toBe(whole.output_text);
    expect(final.usage).toEqual(whole.usage);
  });

  test('counts tokens, by an estimate where the host does not', async () => {
    const { data, response } = await client.responses.inputTokens
      .count({ model: 'text', input: PROBLEM })
      .withResponse();
    expect(data).toMatchObject({ object: 'response.input_tokens' });
    expect(data.input_tokens).toBeGreaterThan(20);
    expect(response.headers.get('x-cedalion-tokens')).toBe('estimated');
  });

  test('says that an answer is cut by max_output_tokens', async () => {
    const request = { model: 'text', input: PROBLEM, temperature: 0, max_output_tokens: 4 };
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, max_output_tokens: 4 };
    expect(await client.responses.create(request)).toMatchObject(cut);
    expect((await collect(client.responses.stream(request))).final).toMatchObject(cut);
  });
});

describe('openai.responses, with a search of the web beside functions', () => {
  test.each([false, true])('leaves it out, also of what is kept: store %s', async (store) => {
    host.script = [answer('Hello.')];
    const tools = [{ type: 'web_search' as const }, weather];
    const { data, response } = await client.responses.create({ model, input: 'Hi', tools, store }).withResponse();
    expect(data.tools.map(({ type }) => type)).toEqual(['function']);
    expect(response.headers.get('x-cedalion-ignored')).toBe('tools[0] (web_search)');
    if (store) expect((await client.responses.retrieve(data.id)).tools).toEqual(data.tools);
    expect(host.requests[0]?.body.tools).toMatchObject([{ type: 'function' }]);
  });

  test('says that compacting is not offered', async () => {
    const compacted = client.responses.compact({ model, input: 'Hi' });
    await expect(compacted).rejects.toBeInstanceOf(NotFoundError);
    await expect(compacted).rejects.toThrow('/v1/responses/compact is not offered');
  });
});

describe('openai.responses, at a host', () => {
  test('has the events of a text in the order of OpenAI', async () => {
    host.script = [streamed([{ role: 'assistant', content: '' }, { content: 'Hel' }, { content: 'lo' }])];
    const { events, final } = await collect(client.responses.stream({ model, input: 'Hi' }));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(final.output_text).toBe('Hello');
    expect(final.usage).toMatchObject({ input_tokens: 9, output_tokens: 3, total_tokens: 12 });
    expect(host.requests[0]?.body).toEqual({
      model: 'scripted',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('assembles parallel function calls after reasoning', async () => {
    const call = (index: number, id: string, city: string) => [
      { tool_calls: [{ index, id, type: 'function', function: { name: 'weather', arguments: '{"city":' } }] },
      { tool_calls: [{ index, function: { arguments: `"${city}"}` } }] },
    ];
    const [first = {}, more = {}] = call(0, 'call_1', 'Paris');
    const [second = {}, last = {}] = call(1, 'call_2', 'Rome');
    // Pieces of both alternate.
    const deltas = [{ reasoning_content: 'Two ' }, { reasoning_content: 'cities.' }, first, second, more, last];
    host.script = [streamed(deltas, 'tool_calls')];
    const tools = [weather];
    const { final } = await collect(client.responses.stream({ model, input: 'Weather?', tools }));
    expect(final.output).toMatchObject([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Two cities.' }] },
      { type: 'function_call', call_id: 'call_1', parsed_arguments: { city: 'Paris' }, status: 'completed' },
      { type: 'function_call', call_id: 'call_2', parsed_arguments: { city: 'Rome' }, status: 'completed' },
    ]);
  });

  test('streams a refusal', async () => {
    host.script = [streamed([{ refusal: 'I can' }, { refusal: 'not.' }])];
    const { events, final } = await collect(client.responses.stream({ model, input: 'Hi' }));
    expect(final.output).toMatchObject([{ type: 'message', content: [{ type: 'refusal', refusal: 'I cannot.' }] }]);
    expect(events.filter(({ type }) => type === 'response.refusal.delta')).toHaveLength(2);
  });

  test('calls a function, and answers from its result', async () => {
    host.script = [toolCall, answer('It is sunny.')];
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'Weather in Paris?' }];
    const request = { model, tools: [weather], instructions: 'Be brief.', tool_choice: 'required' as const };
    const first = await client.responses.parse({ ...request, input });
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error('no call');
    expect(call.parsed_arguments).toEqual({ city: 'Paris' });
    input.push(...(first.output as OpenAI.Responses.ResponseInput));
    input.push({ type: 'function_call_output', call_id: call.call_id, output: 'sunny' });
    expect((await client.responses.create({ ...request, input })).output_text).toBe('It is sunny.');
    const { type: _, ...definition } = weather as unknown as Record<string, unknown>;
    expect(host.requests[0]?.body).toMatchObject({
      tools: [{ type: 'function', function: JSON.parse(JSON.stringify(definition)) }],
      tool_choice: 'required',
    });
    expect(host.requests[1]?.body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather in Paris?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    ]);
  });

  test('parses structured output', async () => {
    const format = zodTextFormat(z.object({ city: z.string(), degrees: z.number() }), 'weather');
    host.script = [answer('{"city":"Paris","degrees":21}')];
    const { output_parsed } = await client.responses.parse({ model, input: 'Weather?', text: { format } });
    expect(output_parsed).toEqual({ city: 'Paris', degrees: 21 });
    const { type, name, strict, schema } = format;
    expect(host.requests[0]?.body.response_format).toEqual({ type, json_schema: { name, strict, schema } });
  });

  test('sends pictures', async () => {
    host.script = [answer('A cat.')];
    const image_url = `data:image/png;base64,${Buffer.from(PNG).toString('base64')}`;
    const content: OpenAI.Responses.ResponseInputMessageContentList = [
      { type: 'input_text', text: 'What is this?' },
      { type: 'input_image', image_url, detail: 'low' },
    ];
    await client.responses.create({ model, input: [{ role: 'user', content }] });
    const parts = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: image_url, detail: 'low' } },
    ];
    expect(host.requests[0]?.body.messages).toEqual([{ role: 'user', content: parts }]);
  });

  test('raises the error of a stream that the host cuts, after what was said until then', async () => {
    const { body } = streamed([{ content: 'Hel' }, { content: 'lo' }]);
    host.script = [{ body: (body as object[]).slice(0, 2), isCut: true }];
    let text = '';
    const read = async () => {
      for await (const event of await client.responses.create({ model, input: 'Hi', stream: true })) {
        if (event.type === 'response.output_text.delta') text += event.delta;
      }
    };
    await expect(read()).rejects.toThrow('The host openai ended the stream before it was complete.');
    expect(text).toBe('Hello');
  });
});

describe('openai.responses, with errors', () => {
  test.each([
    [
      'input[1].content[0].file_id',
      {
        input: [
          { role: 'user', content: 'a' },
          { role: 'user', content: [{ type: 'input_image', file_id: 'f' }] },
        ],
      },
    ],
    ['input[0].type', { input: [{ type: 'computer_call' }] }],
    [
      'tools[1].type',
      {
        input: 'a',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'file_search', vector_store_ids: [] },
        ],
      },
    ],
    ['conversation', { input: 'a', conversation: 'conv_1' }],
    ['prompt', { input: 'a', prompt: 'p' }],
    ['prompt.id', { input: 'a', prompt: { id: 7 } }],
    ['text.format.type', { input: 'a', text: { format: { type: 'grammar' } } }],
    ['input', { input: [] }],
    ['temperature', { input: 'a', temperature: 9 }],
    ['store', { input: 'a', background: true, store: false }],
  ])('names %s', async (param, body) => {
    const refused = client.responses.create({ model, ...body } as OpenAI.Responses.ResponseCreateParamsNonStreaming);
    await expect(refused).rejects.toBeInstanceOf(BadRequestError);
    await expect(refused).rejects.toMatchObject({ param });
    expect(host.requests).toEqual([]);
  });

  test.each([
    ['previous_response_id', { input: 'a', previous_response_id: 'resp_1' }],
    [
      'input[1]',
      {
        input: [
          { type: 'item_reference', id: 'rs_1_0' },
          { type: 'item_reference', id: 'msg_1_1' },
        ],
      },
    ],
  ])('names %s, if it refers to what is not kept', async (param, body) => {
    const refused = client.responses.create({ model, ...body } as OpenAI.Responses.ResponseCreateParamsNonStreaming);
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'response_not_found', param });
  });

  test('a busy host is a RateLimitError, and forwarded fields reach it', async () => {
    host.script = [refusal(429, { 'retry-after': '1' })];
    const limited = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY, maxRetries: 0 });
    const body = {
      model,
      input: 'a',
      seed: 7,
      stop: ['x'],
      metadata: { a: 'b' },
      reasoning: { effort: 'low' as const },
    };
    await expect(limited.responses.create(body)).rejects.toBeInstanceOf(RateLimitError);
    const { model: _, messages: __, ...rest } = host.requests[0]?.body ?? {};
    expect(rest).toEqual({ seed: 7, stop: ['x'], reasoning_effort: 'low' });
  });

  test("an error of the chat names the request's own field", async () => {
    const refused = client.responses.create({ model: 'text', input: 'a', text: { format: { type: 'json_object' } } });
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'text.format' });
  });
});

const weather = zodResponsesFunction({ name: 'weather', parameters: z.object({ city: z.string() }) });

async function collect(stream: ReturnType<OpenAI['responses']['stream']>) {
  const events: OpenAI.Responses.ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return { events, final: await stream.finalResponse() };
}
