import { describe, expect, it } from 'vitest';
import { ask, errorOf, eventStream, ORIGIN, serve } from '../support/worker.ts';

const legacy = {
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1,
  model: 'tiny-text',
  choices: [{ index: 0, text: 'maison', logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const chat = (content: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'big',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'length' }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
});
const ROUTER = 'https://router.huggingface.co/v1/chat/completions';
const hosted = { HF_TOKEN: 'hf_x' };
const model = 'zai-org/GLM-4.6';

describe('a host with legacy completions', () => {
  it('gets the request unchanged, and its own bytes are the answer', async () => {
    const { requests } = serve({ [`${ORIGIN}/v1/completions`]: () => Response.json(legacy) });
    const json = { model: 'text', prompt: ['a', 'b'], suffix: '!', echo: true, max_tokens: 3, stop: ['x'] };
    const got = await ask('/v1/completions', { json });
    expect(await got.json()).toEqual(legacy);
    expect(await requests[0]?.json()).toEqual({ ...json, model: 'tiny-text' });
  });

  it('can stream', async () => {
    const events = [{ ...legacy, usage: null }, '[DONE]'];
    serve({ [`${ORIGIN}/v1/completions`]: () => eventStream(events) });
    const got = await ask('/v1/completions', { json: { model: 'text', prompt: 'a', stream: true } });
    expect(await got.text()).toBe(await eventStream(events).text());
  });
});

describe('a host that only has chat', () => {
  it('gets each prompt as a message, and the answers are joined', async () => {
    const { requests } = serve({
      [ROUTER]: async (request) => {
        const { messages } = (await request.json()) as { messages: { content: string }[] };
        return Response.json(chat(`${messages[0]?.content}!`));
      },
    });
    const got = await ask('/v1/completions', { json: { model, prompt: ['one', 'two'], echo: true }, settings: hosted });
    expect(await got.json()).toEqual({
      id: 'chatcmpl-1',
      object: 'text_completion',
      created: 1,
      model: 'big',
      choices: [
        { index: 0, text: 'oneone!', logprobs: null, finish_reason: 'length' },
        { index: 1, text: 'twotwo!', logprobs: null, finish_reason: 'length' },
      ],
      usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
    });
    expect(requests).toHaveLength(2);
    expect(await requests[0]?.json()).toMatchObject({ max_tokens: 16 });
  });

  it('streams legacy events, beginning with the echo', async () => {
    const event = (content: string, finish_reason: string | null = null) => ({
      id: 'c',
      created: 1,
      model: 'big',
      choices: [{ index: 0, delta: { content }, finish_reason }],
    });
    serve({ [ROUTER]: () => eventStream([event('é'), event('b'), event('', 'stop'), '[DONE]']) });
    const got = await ask('/v1/completions', {
      json: { model, prompt: 'P', echo: true, stream: true },
      settings: hosted,
    });
    const events = (await got.text())
      .trim()
      .split('\n\n')
      .map((line) => line.slice('data: '.length));
    expect(events.pop()).toBe('[DONE]');
    const texts = events.map((data) => JSON.parse(data));
    expect(texts.map(({ object }) => object)).toEqual(Array(3).fill('text_completion'));
    expect(texts.map(({ choices }) => choices[0].text).join('')).toBe('Péb');
    expect(texts.at(-1).choices[0].finish_reason).toBe('stop');
  });

  it('echoes the prompt for each choice, passes on comments, and handles events without a choice', async () => {
    const event = (index: number, content: string) => ({
      choices: [{ index, delta: { content }, finish_reason: null }],
    });
    const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
    const events = [event(0, 'a'), event(1, 'b'), { choices: [null] }, { id: 'x' }, event(1, 'c'), last];
    const text = await eventStream([...events, '[DONE]']).text();
    const body = text.replace('data: {"id"', ': keepalive\n\ndata: {"id"');
    serve({ [ROUTER]: () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }) });
    const got = await ask('/v1/completions', {
      json: { model, prompt: 'P', n: 2, echo: true, stream: true },
      settings: hosted,
    });
    const answer = await got.text();
    expect(answer).toContain(': keepalive\n\n');
    const texts: string[] = ['', ''];
    for (const [, data] of answer.matchAll(/^data: (\{.*)$/gm)) {
      for (const { index, text } of JSON.parse(data as string).choices) texts[index] += text;
    }
    expect(texts).toEqual(['Pa', 'Pbc']);
    expect(answer.trimEnd().endsWith('[DONE]')).toBe(true);
  });

  it.each([
    [
      'parts',
      [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
        { type: 'text', text: 'One two' },
      ],
      null,
    ],
    ['a refusal', null, 'One two'],
  ])('can answer with %s, complete and as a stream', async (_, content, refusal) => {
    const message = { content, refusal };
    const end = { index: 0, finish_reason: 'stop' };
    serve({
      [ROUTER]: async (request) =>
        ((await request.json()) as { stream?: boolean }).stream
          ? eventStream([{ choices: [{ ...end, delta: message }] }, '[DONE]'])
          : Response.json({ choices: [{ ...end, message }] }),
    });
    for (const stream of [false, true]) {
      const got = await ask('/v1/completions', { json: { model, prompt: 'P', stream }, settings: hosted });
      expect(await got.text()).toContain('"text":"One two"');
    }
  });

  it('handles a complete answer without a choice', async () => {
    serve({ [ROUTER]: () => Response.json({ choices: [null] }) });
    const got = await ask('/v1/completions', { json: { model, prompt: 'P', echo: true }, settings: hosted });
    expect(got.status).toBe(200);
    expect(await got.json()).toMatchObject({ choices: [{ index: 0, text: 'P', finish_reason: 'stop' }] });
  });

  it('passes on the error of a cut stream', async () => {
    serve({ [ROUTER]: () => eventStream([{ choices: [{ index: 0, delta: { content: 'a' } }] }]) });
    const got = await ask('/v1/completions', { json: { model, prompt: 'P', stream: true }, settings: hosted });
    expect(await got.text()).toContain('upstream_stream_cut');
  });

  it.each([
    [{ suffix: 'x' }, 'suffix'],
    [{ logprobs: 2 }, 'logprobs'],
    [{ prompt: ['a', 'b'], stream: true }, 'prompt'],
  ])('rejects what chat does not support: %j', async (fields, param) => {
    serve({});
    const got = await ask('/v1/completions', { json: { model, prompt: 'P', ...fields }, settings: hosted });
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ code: 'unsupported_parameter', param });
  });
});

describe('a bad request names the parameter', () => {
  it.each([
    [{ model: 'text' }, 'prompt'],
    [{ model: 'text', prompt: [] }, 'prompt'],
    [{ model: 'text', prompt: [[1, 2]] }, 'prompt'],
    [{ model: 'text', prompt: 'a', echo: 'yes' }, 'echo'],
    [{ model: 'text', prompt: 'a', max_tokens: -1 }, 'max_tokens'],
  ])('%j', async (json, param) => {
    serve({});
    expect(await errorOf(await ask('/v1/completions', { json }))).toMatchObject({ code: 'invalid_parameter', param });
  });
});
