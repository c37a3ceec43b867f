import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, eventStream, serve } from '../support/worker.ts';

/** llama.cpp counts one choice of several: answers as version 0.7.0 sends them. */

const HOST = 'https://llm.example.com/v1';
const settings = { OPENAI_BASE_URL: HOST };
const json = { model: 'openai/tiny', messages: [{ role: 'user', content: 'hi' }], n: 2 };
const usage = { prompt_tokens: 21, completion_tokens: 24, total_tokens: 45 };
const timings = (predicted_n: number, prompt_n = 1, cache_n = 20) => ({ prompt_n, cache_n, predicted_n });
const chat = (content: string, finish_reason = 'length') => ({
  message: { role: 'assistant', content },
  finish_reason,
});

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
});

/** The tokens in the log line. */
async function tokensOf(answer: () => Response, path = '/v1/chat/completions', body: object = json): Promise<unknown> {
  serve({ [HOST]: answer });
  await (await ask(path, { json: body, settings })).text();
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  return JSON.parse(lines[0] as string).tokens;
}

describe('the tokens of an answer with several choices', () => {
  it('are those of all of them, if the host counts one', async () => {
    const choices = [chat('abcd'), chat('efg')];
    expect(await tokensOf(() => Response.json({ choices, usage, timings: timings(24) }))).toEqual({
      prompt: 21,
      completion: 48,
    });
  });

  it('are estimated by the texts of choices that ended by themselves', async () => {
    const choices = [chat('a'.repeat(50), 'stop'), chat('b'.repeat(200), 'length')];
    const tokens = await tokensOf(() => Response.json({ choices, usage, timings: timings(24) }));
    expect(tokens).toMatchObject({ prompt: 21, estimated: true });
    const { completion } = tokens as { completion: number };
    expect(completion).toBeGreaterThan(90);
    expect(completion).toBeLessThan(121);
  });

  it('are those of three prompts', async () => {
    const choices = ['x', 'y', 'z'].map((text, index) => ({ text, index, finish_reason: 'length' }));
    const its = { prompt_tokens: 2, completion_tokens: 24 };
    const body = { model: 'openai/tiny', prompt: ['aa', 'bb', 'cc'], max_tokens: 24 };
    const answer = () => Response.json({ choices, usage: its, timings: timings(24, 2, 0) });
    expect(await tokensOf(answer, '/v1/completions', body)).toMatchObject({ prompt: 6, completion: 72 });
  });

  it.each([
    ['of another host', {}],
    ['of a host that counts all of them', { timings: timings(12) }],
    ['beside timings of another shape', { timings: 'fast' }],
  ])('are those that the usage has, %s', async (_, more) => {
    expect(await tokensOf(() => Response.json({ choices: [chat('a'), chat('b')], usage, ...more }))).toEqual({
      prompt: 21,
      completion: 24,
    });
  });
});

describe('the tokens of a stream', () => {
  const piece = (index: number, more: object = {}) => ({
    object: 'chat.completion.chunk',
    choices: [{ index, delta: { content: 'x' }, finish_reason: null }],
    ...more,
  });
  const end = (index: number, more: object = {}) => ({
    object: 'chat.completion.chunk',
    choices: [{ index, delta: {}, finish_reason: 'length' }],
    ...more,
  });
  const stream = { ...json, stream: true };
  const path = '/v1/chat/completions';

  it('are those of all choices by their timings, without a usage', async () => {
    const events = [piece(0), piece(1), end(0, { timings: timings(24) }), piece(1), end(1, { timings: timings(30) })];
    expect(await tokensOf(() => eventStream([...events, '[DONE]']), path, stream)).toEqual({
      prompt: 21,
      completion: 54,
    });
  });

  it('are the same if each choice has a usage of its own', async () => {
    const ofOne = (count: number) => ({
      choices: [],
      usage: { ...usage, completion_tokens: count },
      timings: timings(count),
    });
    const events = [piece(0), end(0), ofOne(24), piece(1), end(1), ofOne(30)];
    expect(await tokensOf(() => eventStream([...events, '[DONE]']), path, stream)).toEqual({
      prompt: 21,
      completion: 54,
    });
  });

  it('are the last ones of a choice that has timings in each event', async () => {
    const events = [1, 2, 3].map((count) => piece(0, { timings: timings(count) }));
    expect(await tokensOf(() => eventStream([...events, end(0), '[DONE]']), path, stream)).toEqual({
      prompt: 21,
      completion: 3,
    });
  });

  it('are estimated for a choice that ended long before', async () => {
    const long = Array.from({ length: 900 }, () => piece(1, { filler: 'x'.repeat(100) }));
    const events = [end(0, { timings: timings(24) }), ...long, end(1, { timings: timings(900) })];
    expect(await tokensOf(() => eventStream([...events, '[DONE]']), path, stream)).toEqual({
      prompt: 21,
      completion: 1_800,
      estimated: true,
    });
  });

  it.each([
    [{ predicted_n: 1e300, prompt_n: 1 }],
    [{ predicted_n: '3' }],
    [null],
    [[]],
    [{ predicted_n: -1, prompt_n: 2 }],
  ])('are those of the usage beside timings that count nothing: %j', async (its) => {
    const events = [piece(0), end(0, { timings: its, usage }), '[DONE]'];
    expect(await tokensOf(() => eventStream(events), path, stream)).toEqual({ prompt: 21, completion: 24 });
  });
});

describe('tokens that a host read from a cache of its own', () => {
  const answer = (usage: object) => () => Response.json({ choices: [chat('a', 'stop')], usage });
  const counts = { prompt_tokens: 10, completion_tokens: 2 };

  it.each([
    ['OpenAI', { ...counts, prompt_tokens_details: { cached_tokens: 8 } }],
    ['DeepSeek', { ...counts, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 }],
    ['Anthropic', { ...counts, cache_read_input_tokens: 8 }],
    ['Moonshot', { ...counts, cached_tokens: 8 }],
    ['OpenAI, and in another way, too', { ...counts, prompt_tokens_details: { cached_tokens: 8 }, cached_tokens: 3 }],
  ])('are counted as %s says them', async (_, usage) => {
    expect(await tokensOf(answer(usage))).toEqual({ prompt: 10, completion: 2, cached: 8 });
  });

  it.each([0, -1, 0.5, null, '8', 1e300])('are none if it says %j', async (cached_tokens) => {
    const usage = { ...counts, prompt_tokens_details: { cached_tokens } };
    expect(await tokensOf(answer(usage))).toEqual({ prompt: 10, completion: 2 });
  });

  it('are at most those of the prompt', async () => {
    const usage = { ...counts, prompt_tokens_details: { cached_tokens: 11 } };
    expect(await tokensOf(answer(usage))).toEqual({ prompt: 10, completion: 2, cached: 10 });
  });

  it('are those of the last event of a stream', async () => {
    const usage = { ...counts, prompt_cache_hit_tokens: 8 };
    const events = [
      { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] },
      { choices: [], usage },
    ];
    const body = { ...json, stream: true, stream_options: { include_usage: true } };
    const stream = () => eventStream([...events, '[DONE]']);
    expect(await tokensOf(stream, '/v1/chat/completions', body)).toEqual({ prompt: 10, completion: 2, cached: 8 });
  });

  it.each([
    [undefined, 10 * 2 + 2 * 4],
    [0.5, 2 * 2 + 8 * 0.5 + 2 * 4],
    [0, 2 * 2 + 2 * 4],
  ])('cost %s USD per million, or as the others', async (cached_input, microUsd) => {
    serve({ [HOST]: answer({ ...counts, prompt_tokens_details: { cached_tokens: 8 } }) });
    const PRICES = JSON.stringify({ 'openai/tiny': { input: 2, output: 4, cached_input } });
    await (await ask('/v1/chat/completions', { json, settings: { ...settings, PRICES } })).text();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(JSON.parse(lines[0] as string).cost_usd).toBe(microUsd / 1e6);
  });
});
