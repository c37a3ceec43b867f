import { describe, expect, it, vi } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { bearer, createKey } from '../support/keys.ts';
import { BOTH, call, chatAnswer, chatStream, delta, post } from '../support/mcp.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, ORIGIN, serve } from '../support/worker.ts';

/** What comes before the JSON of an event. */
const FRAME = /^event: message\ndata: /;

/** What the tools of MCP do with the API below them. */

describe('a tool', () => {
  it('takes only models that the key may use', async () => {
    serve(chatAnswer('hi'));
    const key = await createKey({ models: ['tiny-text'] });
    const refused = await post(call('embed', { input: ['a'] }), bearer(key));
    expect(refused.body.result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^model_not_allowed: /) }],
    });
    expect((await post(call('chat', { prompt: 'x' }), bearer(key))).body.result).not.toHaveProperty('isError');
    const { body } = await post(call('list_models', {}), bearer(key));
    expect(body.result?.structuredContent).toMatchObject({ models: [{ id: 'text' }, { id: 'tiny-text' }] });
  });

  it('uses up the limits of the key by what the host reports, also as a stream', async () => {
    const key = await createKey({ limits: { tokens_per_day: 10_000 } });
    const left = async () => {
      const { headers } = await post(call('chat', { prompt: 'x', max_tokens: 5 }), bearer(key));
      return Number(headers.get('x-ratelimit-remaining-tokens'));
    };
    const usage = { prompt_tokens: 1_000, completion_tokens: 2_000, total_tokens: 3_000 };
    const stream = chatStream([delta('hi'), { choices: [], usage }, '[DONE]']);
    const path = `${ORIGIN}/v1/chat/completions`;
    serve({
      [path]: async (asked) => {
        const { stream: isStreamed } = (await asked.json()) as { stream?: boolean };
        return (isStreamed ? stream : chatAnswer('hi'))[path]?.() ?? new Response();
      },
    });
    const before = await left();
    const answer = await ask('/mcp', {
      json: call('chat', { prompt: 'x', max_tokens: 5 }, { progressToken: 1 }),
      headers: { accept: BOTH, ...bearer(key) },
    });
    await answer.text();
    // What is reserved at the time counts, too: less than a hundred.
    expect(Math.round((before - (await left())) / 1_000)).toBe(3);
  });

  it('says what went wrong at the host, and logs it without the prompt', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    vi.spyOn(console, 'warn').mockImplementation((line: string) => lines.push(line));
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ error: { message: 'Too long.' } }, { status: 400 }) });
    const { status, body } = await post(call('chat', { prompt: 'a very private prompt' }));
    expect([status, body.result]).toEqual([
      200,
      { isError: true, content: [{ type: 'text', text: expect.stringMatching(/^upstream_rejected: .*Too long\./) }] },
    ]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ route: '/mcp', error: 'upstream_rejected', model: 'tiny-text' });
    expect(lines.join('\n')).not.toContain('private');
  });

  it('answers with the same large picture in one answer, in a batch and in events', async () => {
    const picture = new Uint8Array(3 * 1024 * 1024);
    crypto.getRandomValues(picture.subarray(0, 65_536));
    picture.set(pngOf(64, 64));
    serve({ [`${ORIGIN}/models/`]: () => new Response(picture, { headers: { 'content-type': 'image/png' } }) });
    const args = { prompt: 'x', size: '64x64', seed: 1 };
    const { body } = await post(call('generate_image', args));
    const batch = await post([call('generate_image', args)]);
    const events = await ask('/mcp', {
      json: call('generate_image', args, { progressToken: 1 }),
      headers: { accept: BOTH },
    });
    const last = JSON.parse((await events.text()).split('\n\n').at(-2)?.replace(FRAME, '') ?? '');
    for (const { result } of [body, (batch.body as unknown as (typeof body)[])[0] as typeof body, last]) {
      const [image, text] = (result?.content ?? []) as [{ data: string; mimeType: string }, unknown];
      expect(image.mimeType).toBe('image/png');
      expect(image.data === picture.toBase64()).toBe(true);
      expect(text).toEqual({ type: 'text', text: 'A picture of 64x64 pixels by tiny-image, with seed 1.' });
    }
  });

  it('does not answer with more than it can hold', async () => {
    const picture = new Uint8Array(7 * 1024 * 1024);
    picture.set(pngOf(64, 64));
    serve({ [`${ORIGIN}/models/`]: () => new Response(picture, { headers: { 'content-type': 'image/png' } }) });
    const { body } = await post(call('generate_image', { prompt: 'x', size: '64x64' }));
    expect(body.result).toEqual({
      isError: true,
      content: [{ type: 'text', text: 'invalid_parameter: The answer has more than 8388608 bytes: ask for less.' }],
    });
  });
});

describe('a client that wants to know of progress', () => {
  const json = call('chat', { prompt: 'x' }, { progressToken: 'a' });
  const read = async (accept: string) => {
    const answer = await ask('/mcp', { json, headers: { accept } });
    const text = await answer.text();
    const events = text.split('\n\n').filter((event) => event !== '');
    return {
      type: answer.headers.get('content-type'),
      text,
      events: events.map((event) => JSON.parse(event.replace(FRAME, ''))),
    };
  };

  it('gets the text in pieces, then the result', async () => {
    const { requests } = serve(chatStream([delta('mai'), delta('son'), '[DONE]']));
    const { type, events } = await read(BOTH);
    expect(type).toMatch(/^text\/event-stream/);
    const result = events.pop();
    expect(result).toEqual({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'maison' }] } });
    for (const { method, params } of events) {
      expect([method, params.progressToken]).toEqual(['notifications/progress', 'a']);
    }
    expect(events.map(({ params }) => params.message).join('')).toBe('maison');
    const [sent] = await Promise.all(requests.filter(({ url }) => url.startsWith(ORIGIN)).map((one) => one.json()));
    expect(sent).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('gets JSON if it does not accept events', async () => {
    serve(chatAnswer('maison'));
    for (const accept of ['application/json', '*/*']) {
      const answer = await ask('/mcp', { json, headers: { accept } });
      expect(await answer.json()).toMatchObject({ result: { content: [{ text: 'maison' }] } });
    }
  });

  it.each<[string, readonly (string | object)[], RegExp]>([
    ['is cut', [delta('mai')], /^upstream_stream_cut: /],
    ['has an error', [delta('mai'), { error: { message: 'Overloaded.', code: 'busy' } }], /^busy: Overloaded\./],
    ['begins with an error', [{ error: { message: 'Overloaded.' } }], /^upstream_\w+: /],
  ])('reads that the stream of the host %s', async (_, events, message) => {
    serve(chatStream(events));
    const result = (await read(BOTH)).events.at(-1)?.result;
    expect(result).toEqual({ isError: true, content: [{ type: 'text', text: expect.stringMatching(message) }] });
  });

  it('gets the checked output of a prompt as structured content, or why it does not fit', async () => {
    serve(chatAnswer('{"people": ["Ada Lovelace"], "places": [], "dates": []}'));
    const { body } = await post(call('extract', { text: 'Ada Lovelace wrote.' }));
    expect(body.result?.structuredContent).toEqual({ people: ['Ada Lovelace'], places: [], dates: [] });
    serve(chatAnswer('I see Ada Lovelace.'));
    const { result } = (await post(call('extract', { text: 'Ada Lovelace wrote.' }))).body;
    expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringMatching(/^output_invalid: /) }] });
  });

  it('also gets the results of other tools', async () => {
    serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const answer = await ask('/mcp', {
      json: call('similarity', { query: 'a', documents: ['b'] }, { progressToken: 0 }),
      headers: { accept: BOTH },
    });
    const [event] = (await answer.text()).split('\n\n');
    expect(JSON.parse((event ?? '').replace(FRAME, '')).result.structuredContent).toMatchObject({
      results: [{ index: 0 }],
    });
  });
});
