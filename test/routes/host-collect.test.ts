import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/base/errors.ts';
import { collectStream } from '../../src/hosts/stream/collect.ts';
import { callFor } from '../support/call.ts';
import { ask, errorOf, eventStream, serve } from '../support/worker.ts';

/** Whole answers of a host that is asked for streams: HOST_OPTIONS with `collect`. */

const HOST = 'https://llm.example.com/v1';
const settings = { OPENAI_BASE_URL: HOST, HOST_OPTIONS: JSON.stringify({ openai: { collect: true } }) };
const json = { model: 'openai/m', messages: [{ role: 'user', content: 'hi' }] };
const piece = (content: string, finish_reason: string | null = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

describe('a whole answer that is collected', () => {
  it('is the same as one that is not, and is metered', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    const { requests } = serve({
      [HOST]: () => eventStream([piece('One '), piece('two', 'stop'), { choices: [], usage }, '[DONE]']),
    });
    const answer = await ask('/v1/chat/completions', { json, settings });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'One two' }, finish_reason: 'stop' }],
      usage,
    });
    expect(await requests[0]?.json()).toEqual({
      ...json,
      model: 'm',
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      tokens: { prompt: 3, completion: 2 },
      finish_reason: 'stop',
    });
  });

  it('can be that of a response', async () => {
    serve({ [HOST]: () => eventStream([piece('One '), piece('two', 'stop'), '[DONE]']) });
    const answer = await ask('/v1/responses', { json: { model: 'openai/m', input: 'hi', store: false }, settings });
    expect(JSON.stringify(await answer.json())).toContain('One two');
  });

  it('fails with the words of the host, and is never half of one', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    for (const [events, code] of [
      [[{ error: { message: 'too long', code: 400 } }], 'upstream_rejected'],
      [[piece('One '), { error: { message: 'gone', code: 429 } }], 'upstream_rate_limited'],
      [[piece('One ')], 'upstream_stream_cut'],
      [[piece('One '), '{broken'], 'upstream_invalid_answer'],
    ] as const) {
      serve({ [HOST]: () => eventStream(events) });
      expect((await errorOf(await ask('/v1/chat/completions', { json, settings }))).code).toBe(code);
      vi.restoreAllMocks();
      vi.spyOn(Math, 'random').mockReturnValue(0);
    }
  });

  it('can be one that the host does not stream', async () => {
    serve({ [HOST]: () => Response.json({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }] }) });
    expect(await (await ask('/v1/chat/completions', { json, settings })).text()).toContain('"x"');
  });

  it('is requested without stream_options of a host that rejects them', async () => {
    const { requests } = serve({
      [HOST]: async (request) =>
        (await request.text()).includes('stream_options')
          ? Response.json({ error: { message: 'Unknown field: stream_options' } }, { status: 400 })
          : eventStream([piece('x', 'stop'), '[DONE]']),
    });
    expect((await ask('/v1/chat/completions', { json, settings })).status).toBe(200);
    expect(requests).toHaveLength(2);
  });
});

describe('a client that waits for a collected answer', () => {
  const encoder = new TextEncoder();
  const event = (data: object | string) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

  /** A stream that is written by hand. */
  function open() {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const response = new Response(readable, { headers: { 'content-type': 'text/event-stream' } });
    return { response, writer, write: (data: object | string) => writer.write(encoder.encode(event(data))) };
  }
  const read = async (whole: Response) => whole;

  it('gets white space until it is complete, which is JSON', async () => {
    const call = callFor('text-generation');
    const host = open();
    const answer = await collectStream(host.response, 'host', call, read, 20);
    const text = answer.text();
    await scheduler.wait(70);
    void host
      .write(piece('x', 'stop'))
      .then(() => host.write('[DONE]'))
      .then(() => host.writer.close());
    expect(await text).toMatch(/^ {2,}\{/);
    expect(JSON.parse(await text)).toMatchObject({ choices: [{ message: { content: 'x' } }] });
    await call.outcome.bodyDone;
    expect(call.outcome.error).toBeUndefined();
  });

  it('sees a broken connection if it fails then', async () => {
    const call = callFor('text-generation');
    const host = open();
    const answer = await collectStream(host.response, 'host', call, read, 20);
    const text = answer.text();
    text.catch(() => {});
    void host.write(piece('x')).then(() => host.writer.close());
    await expect(text).rejects.toThrow();
    await call.outcome.bodyDone;
    expect(call.outcome.error).toBe('upstream_stream_cut');
  });

  it('is seen to leave, and the request to the host is given up', async () => {
    const call = callFor('text-generation');
    const host = open();
    const answer = await collectStream(host.response, 'host', call, read, 20);
    await answer.body?.cancel();
    call.cancellation.cancel(new ApiError('client_closed_request', 'gone'));
    await call.outcome.bodyDone;
    expect(call.outcome.error).toBe('client_closed_request');
  });
});
