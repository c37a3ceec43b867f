import { beforeAll, describe, expect, test } from 'vitest';
import { loadText, type TextModel } from '../src/text.ts';
import { type Client, events, failure, fixtureModel, json, ownModel, start } from './start.ts';

interface Completion {
  choices: { index: number; message: { content: string }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

interface Chunk {
  object: string;
  choices: { index: number; delta: { role?: string; content?: string }; finish_reason: string | null }[];
  usage?: Completion['usage'] | null;
}

const CHAT = '/v1/chat/completions';
const hello = { model: 'tiny-text', messages: [{ role: 'user', content: 'Hello!' }] };

let text: TextModel;
beforeAll(async () => {
  text = await loadText(ownModel('tiny-text'));
});

const answerOf = (completion: Completion, index = 0) => completion.choices[index]?.message.content;

const contentOf = (chunks: (Chunk | '[DONE]')[], index = 0) =>
  chunks
    .flatMap((chunk) => (chunk === '[DONE]' ? [] : chunk.choices))
    .filter((choice) => choice.index === index)
    .map((choice) => choice.delta.content ?? '')
    .join('');

describe('a chat completion', () => {
  test('has the OpenAI response format, the finish reason and the real token counts', async () => {
    const { post } = await start({ text });
    const response = await post(CHAT, hello);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch('application/json');
    const body = (await response.json()) as Completion;
    expect(body).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'tiny-text',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.stringMatching(/\w/), refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
      },
    });
    expect(body.usage.prompt_tokens).toBeGreaterThan(2);
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);
  });

  test('is greedy by default and therefore reproducible', async () => {
    const { post } = await start({ text });
    const answers = await Promise.all([1, 2, 3].map(() => json<Completion>(post(CHAT, hello))));
    expect(new Set(answers.map((answer) => answerOf(answer))).size).toBe(1);
  });

  test('is reproducible with a seed and differs with other seeds', async () => {
    const { post } = await start({ text });
    const sample = async (seed: number) =>
      answerOf(await json<Completion>(post(CHAT, { ...hello, temperature: 2, seed, max_tokens: 24 })));
    expect(await sample(1)).toBe(await sample(1));
    // The model is confident: two seeds can give the same answer by chance, twelve seeds do not.
    const answers = await Promise.all(Array.from({ length: 12 }, (_, seed) => sample(seed)));
    expect(new Set(answers).size).toBeGreaterThan(1);
  });

  test('uses a separate seed for each of n choices and counts the prompt once', async () => {
    const { post } = await start({ text });
    const ask = (n: number) =>
      json<Completion>(post(CHAT, { ...hello, n, temperature: 2, seed: 5, max_completion_tokens: 16 }));
    const [one, three] = [await ask(1), await ask(3)];
    expect(three.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(three.choices[0]).toEqual(one.choices[0]);
    expect(answerOf(three, 1)).not.toBe(answerOf(three, 0));
    expect(three.usage.prompt_tokens).toBe(one.usage.prompt_tokens);
    expect(three.usage.completion_tokens).toBeGreaterThan(one.usage.completion_tokens);
  });

  test('stops at max_tokens with finish_reason length', async () => {
    const { post } = await start({ text });
    for (const field of ['max_tokens', 'max_completion_tokens']) {
      const body = await json<Completion>(post(CHAT, { ...hello, [field]: 2 }));
      expect(body.choices[0]?.finish_reason).toBe('length');
      expect(body.usage.completion_tokens).toBe(2);
    }
  });

  test('accepts text parts, the developer role, nulls and unknown fields', async () => {
    const { post } = await start({ text });
    const system = { role: 'system', content: 'Be brief.' };
    const plain = await json<Completion>(post(CHAT, { ...hello, messages: [system, ...hello.messages] }));
    const parts = await json<Completion>(
      post(CHAT, {
        model: 'tiny-text',
        messages: [
          { role: 'developer', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Hel' },
              { type: 'text', text: 'lo!' },
            ],
          },
        ],
        temperature: null,
        stop: null,
        n: null,
        stream: null,
        tools: [],
        frequency_penalty: 0,
        response_format: { type: 'text' },
        store: true,
        metadata: { a: 'b' },
      }),
    );
    expect(parts.choices).toEqual(plain.choices);
    expect(parts.usage).toEqual(plain.usage);
  });
});

describe('a chat stream', () => {
  test('sends role, deltas, finish reason, usage and [DONE], with the same text as the non-streamed response', async () => {
    const { post } = await start({ text });
    const whole = await json<Completion>(post(CHAT, hello));
    const response = await post(CHAT, { ...hello, stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get('content-type')).toMatch('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
    const chunks = await events<Chunk>(response);
    expect(chunks.at(-1)).toBe('[DONE]');
    expect(chunks.at(-2)).toMatchObject({ object: 'chat.completion.chunk', choices: [], usage: whole.usage });
    expect(chunks.at(-3)).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: null });
    expect(chunks[0]).toMatchObject({ choices: [{ delta: { role: 'assistant', content: '' } }], usage: null });
    expect(contentOf(chunks)).toBe(answerOf(whole));
    expect(chunks.length).toBeGreaterThan(5);
  });

  test('has no usage unless requested', async () => {
    const { post } = await start({ text });
    const chunks = await events<Chunk>(await post(CHAT, { ...hello, stream: true }));
    for (const chunk of chunks) expect(chunk).not.toHaveProperty('usage');
  });

  test('separates n choices by index', async () => {
    const { post } = await start({ text });
    const request = { ...hello, n: 2, temperature: 2, seed: 9, max_tokens: 12 };
    const whole = await json<Completion>(post(CHAT, request));
    const chunks = await events<Chunk>(await post(CHAT, { ...request, stream: true }));
    for (const index of [0, 1]) expect(contentOf(chunks, index)).toBe(answerOf(whole, index));
  });
});

describe('a chat request is rejected', () => {
  const refuse = async (body: object): Promise<ReturnType<typeof failure>> => {
    const { post }: Client = await start({ text });
    return failure(post(CHAT, { ...hello, ...body }));
  };

  test.each([
    ['messages', { messages: [] }],
    ['messages', { messages: 'Hello!' }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    [
      'messages[0].content',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    ],
    ['temperature', { temperature: 3 }],
    ['top_p', { top_p: 0 }],
    ['n', { n: 0 }],
    ['max_tokens', { max_tokens: 0 }],
    ['seed', { seed: 1.5 }],
    ['stop', { stop: ['a', 'b', 'c', 'd', 'e'] }],
    ['tools', { tools: [{ type: 'function' }] }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['frequency_penalty', { frequency_penalty: 1 }],
    ['logprobs', { logprobs: true }],
  ])('with an error that names %s if it is invalid or unsupported', async (param, body) => {
    const { status, error } = await refuse(body);
    expect(status).toBe(400);
    expect(error).toEqual({
      message: expect.stringContaining(`"${param}`),
      type: 'invalid_request_error',
      param,
      code: 'invalid_value',
    });
  });

  test('if the prompt is longer than the context, before a stream starts', async () => {
    const messages = [{ role: 'user', content: 'word '.repeat(2000) }];
    for (const stream of [false, true]) {
      const { status, error } = await refuse({ messages, stream });
      expect(status).toBe(400);
      expect(error).toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
    }
  });

  test('if the model has no chat template', async () => {
    const reciter = await loadText(fixtureModel('reciter'));
    const { post } = await start({ text: reciter });
    const { status, error } = await failure(post(CHAT, { ...hello, model: 'reciter' }));
    expect(status).toBe(400);
    expect(error).toMatchObject({ code: 'unsupported_task', param: 'model' });
  });
});
