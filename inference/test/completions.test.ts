import { beforeAll, describe, expect, test } from 'vitest';
import { loadText, type TextModel } from '../src/text.ts';
import { events, failure, fixtureModel, json, ownModel, start } from './start.ts';

const COMPLETIONS = '/v1/completions';

/** The text that the reciter repeats. See fixtures/make_models.py. */
const TEXT = 'Grüße aus Köln: 猫 und 🐱, naïve façade. ';
const LENGTH_BYTES = Buffer.byteLength(TEXT);

interface Completion {
  choices: { index: number; text: string; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

interface Chunk {
  choices: { index: number; text: string; finish_reason: string | null }[];
  usage?: Completion['usage'] | null;
}

let reciter: TextModel;
beforeAll(async () => {
  reciter = await loadText(fixtureModel('reciter'));
});

const request = { model: 'reciter', prompt: 'x', max_tokens: LENGTH_BYTES };

describe('a legacy completion', () => {
  test('continues raw text with a key-value cache, one byte per token', async () => {
    const { post } = await start({ text: reciter });
    const body = await json<Completion>(post(COMPLETIONS, request));
    expect(body).toEqual({
      id: expect.stringMatching(/^cmpl-/),
      object: 'text_completion',
      created: expect.any(Number),
      model: 'reciter',
      choices: [{ index: 0, text: TEXT, logprobs: null, finish_reason: 'length' }],
      usage: { prompt_tokens: 1, completion_tokens: LENGTH_BYTES, total_tokens: 1 + LENGTH_BYTES },
    });
  });

  test('generates 16 tokens by default', async () => {
    const { post } = await start({ text: reciter });
    const body = await json<Completion>(post(COMPLETIONS, { model: 'reciter', prompt: 'x' }));
    expect(body.usage.completion_tokens).toBe(16);
    expect(body.choices[0]?.finish_reason).toBe('length');
  });

  test('echoes the prompt if requested', async () => {
    const { post } = await start({ text: reciter });
    const body = await json<Completion>(post(COMPLETIONS, { ...request, echo: true }));
    expect(body.choices[0]?.text).toBe(`x${TEXT}`);
  });

  test('accepts several prompts and returns n choices of each, in order', async () => {
    const { post } = await start({ text: reciter });
    const body = await json<Completion>(post(COMPLETIONS, { ...request, prompt: ['x', 'xy'], n: 2, max_tokens: 1 }));
    expect(body.choices.map(({ index, text }) => [index, text])).toEqual([
      [0, 'G'],
      [1, 'G'],
      [2, 'r'],
      [3, 'r'],
    ]);
    expect(body.usage).toEqual({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });
  });

  test('ends at a stop string and omits it', async () => {
    const { post } = await start({ text: reciter });
    const body = await json<Completion>(post(COMPLETIONS, { ...request, stop: [' und', 'ïve'] }));
    expect(body.choices[0]).toMatchObject({ text: 'Grüße aus Köln: 猫', finish_reason: 'stop' });
    expect(body.usage.completion_tokens).toBe(Buffer.byteLength('Grüße aus Köln: 猫 und'));
  });

  test('ends at the context limit', async () => {
    const own = await loadText(ownModel('tiny-text'));
    const { post } = await start({ text: own });
    const prompt = 'a b c d e f g h '.repeat(15);
    const body = await json<Completion>(
      post(COMPLETIONS, { model: 'tiny-text', prompt, max_tokens: 100_000, temperature: 2, seed: 1 }),
    );
    expect(body.usage.total_tokens).toBeLessThanOrEqual(own.contextLength);
  });

  test('is rejected if it uses unsupported fields', async () => {
    const { post } = await start({ text: reciter });
    for (const [param, body] of Object.entries({
      suffix: { suffix: 'end' },
      logprobs: { logprobs: 3 },
      best_of: { best_of: 2 },
      prompt: { prompt: [1, 2, 3] },
    })) {
      const { status, error } = await failure(post(COMPLETIONS, { ...request, ...body }));
      expect({ status, param: error.param }).toEqual({ status: 400, param });
    }
    const empty = await failure(post(COMPLETIONS, { ...request, prompt: '' }));
    expect(empty).toMatchObject({ status: 400, error: { param: 'prompt' } });
  });
});

describe('a completion stream', () => {
  const pieces = async (response: Response) =>
    (await events<Chunk>(response)).flatMap((chunk) =>
      chunk === '[DONE]' ? [] : chunk.choices.map(({ text }) => text),
    );

  test('never splits a character, although every token is one byte', async () => {
    const { post } = await start({ text: reciter });
    const texts = await pieces(await post(COMPLETIONS, { ...request, stream: true }));
    expect(texts.filter((text) => text !== '')).toEqual([...TEXT]);
  });

  test('never emits the start of a stop string', async () => {
    const { post } = await start({ text: reciter });
    const texts = await pieces(await post(COMPLETIONS, { ...request, stream: true, stop: 'und 🐱' }));
    expect(texts.join('')).toBe('Grüße aus Köln: 猫 ');
    const apart = await pieces(await post(COMPLETIONS, { ...request, stream: true, stop: 'aus Bonn' }));
    expect(apart.join('')).toBe(TEXT);
    expect(apart).toContain('aus K');
  });

  test('echoes, ends with a finish reason, usage and [DONE]', async () => {
    const { post } = await start({ text: reciter });
    const chunks = await events<Chunk>(
      await post(COMPLETIONS, {
        ...request,
        max_tokens: 1,
        echo: true,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(chunks).toMatchObject([
      { choices: [{ text: 'x', finish_reason: null }], usage: null },
      { choices: [{ text: 'G', finish_reason: null }], usage: null },
      { choices: [{ text: '', finish_reason: 'length' }], usage: null },
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
      '[DONE]',
    ]);
  });
});
