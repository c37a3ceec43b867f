import { describe, expect, it, vi } from 'vitest';
import { ask, errorOf, eventStream, ORIGIN, serve } from '../support/worker.ts';

const CHAT = `${ORIGIN}/v1/chat/completions`;
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'tiny-text',
  choices: [{ index: 0, message: { role: 'assistant', content: 'maison' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
};
const ask_ = { model: 'text', messages: [{ role: 'user', content: 'house in French?' }] };
const chunk = (content: string, finish: string | null = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});

describe('a complete answer', () => {
  it('passes on the host’s own bytes', async () => {
    const bytes = JSON.stringify(answer, null, 3);
    const { requests } = serve({
      [CHAT]: () => new Response(bytes, { headers: { 'content-type': 'application/json' } }),
    });
    const got = await ask('/v1/chat/completions', { json: ask_ });
    expect(got.status).toBe(200);
    expect(await got.text()).toBe(bytes);
    expect(got.headers.get('content-type')).toBe('application/json');
    expect(got.headers.get('x-cedalion-model')).toBe('tiny-text');
    expect(got.headers.get('x-cedalion-target')).toBe('origin/tiny-text');
    expect(got.headers.get('x-cedalion-attempts')).toBe('1');
    expect(got.headers.get('server-timing')).toMatch(/upstream;dur=[\d.]+, total;dur=/);
    expect(await requests[0]?.json()).toEqual({ ...ask_, model: 'tiny-text' });
  });

  it.each([true, false])(
    'passes on a large one unchanged, and refuses a broken one; its length is declared: %s',
    async (isDeclared) => {
      const content = 'Say "hi"\n\\ 🎈 '.repeat(100_000);
      const whole = JSON.stringify({ ...answer, choices: [{ ...answer.choices[0], message: { content } }] });
      const got = async (text: string) => {
        const bytes = new TextEncoder().encode(text);
        const headers: HeadersInit = isDeclared ? { 'content-length': String(bytes.length) } : {};
        serve({ [CHAT]: () => new Response(bytes, { headers }) });
        return ask('/v1/chat/completions', { json: ask_ });
      };
      expect(await (await got(whole)).text()).toBe(whole);
      for (const broken of [whole.slice(0, -30), whole.slice(0, 900_000), whole.replace('\\n', '\n')]) {
        expect((await errorOf(await got(broken))).code).toBe('upstream_invalid_answer');
      }
    },
  );

  it.each([
    { error: { message: 'Too long.', code: 'context_length_exceeded', type: 'invalid_request_error' } },
    { ...answer, error: { message: 'Too long.', status: 400 } },
    { choices: [{ index: 0, finish_reason: 'error', error: { message: 'Too long.', code: 400 } }] },
    { error: 'Too long.' },
  ])('that is an error with status 200 is an error, with the host’s words: %j', async (json) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    serve({ [CHAT]: () => Response.json(json) });
    const got = await ask('/v1/chat/completions', { json: ask_ });
    expect(got.status).toBe(json.error === 'Too long.' ? 502 : 400);
    expect((await errorOf(got)).message).toContain('Too long.');
  });

  it('forwards unknown fields, tools, pictures and formats unchanged', async () => {
    const rich = {
      model: 'text',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"x":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'a cat' },
      ],
      tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
      response_format: { type: 'json_object' },
      max_completion_tokens: 5,
      something_new: { deep: [1, 2, { three: null }] },
    };
    const { requests } = serve({ [CHAT]: () => Response.json(answer) });
    expect((await ask('/v1/chat/completions', { json: rich })).status).toBe(200);
    expect(await requests[0]?.json()).toEqual({ ...rich, model: 'tiny-text' });
  });

  it('forwards the text of a body with large pictures, and changes only its model', async () => {
    const { requests } = serve({ [`${ORIGIN}/v1/`]: () => Response.json({ choices: [] }) });
    const url = `data:image/png;base64,${'iVBORw0K'.repeat(400_000)}`;
    const text = (model: string) =>
      `{ "messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"${url}"}}, {"type":"text","text":"é"}]}],\n "model" : "${model}", "x":1.0 }`;
    for (let i = 0; i < 2; i++) {
      const got = await ask('/v1/chat/completions', {
        body: text('text'),
        headers: { 'content-type': 'application/json' },
      });
      expect(got.status).toBe(200);
    }
    expect((await requests[0]?.text()) === text('tiny-text')).toBe(true);
  });

  it('sends one model to a host, even if the body names two', async () => {
    const { requests } = serve({ [`${ORIGIN}/v1/`]: () => Response.json({ choices: [] }) });
    const body = '{"model":"x","messages":[{"role":"user","content":"hi"}],"\\u006dodel":"text"}';
    const got = await ask('/v1/chat/completions', { body, headers: { 'content-type': 'application/json' } });
    expect(got.status).toBe(200);
    const sent = (await requests[0]?.text()) ?? '';
    expect(sent.match(/odel"/g)).toHaveLength(1);
    expect(JSON.parse(sent).model).toBe('tiny-text');
  });

  it('sends the key of a host to that host only, and the caller’s key to no host', async () => {
    const { requests } = serve({ 'https://router.huggingface.co/v1/chat/completions': () => Response.json(answer) });
    const got = await ask('/v1/chat/completions', {
      json: { ...ask_, model: 'meta-llama/Llama-3.3-70B-Instruct' },
      settings: { HF_TOKEN: 'hf_secret' },
    });
    expect(got.status).toBe(200);
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer hf_secret');
    expect(await requests[0]?.json()).toMatchObject({ model: 'meta-llama/Llama-3.3-70B-Instruct:fastest' });
  });

  it('serves openai/<id> as <id> at the host of OPENAI_BASE_URL', async () => {
    const { requests } = serve({ 'https://llm.example.com/v1/chat/completions': () => Response.json(answer) });
    const got = await ask('/v1/chat/completions', {
      json: { ...ask_, model: 'openai/org/some-model' },
      settings: { OPENAI_BASE_URL: 'https://llm.example.com/v1/', OPENAI_API_KEY: 'k' },
    });
    expect(got.status).toBe(200);
    expect(await requests[0]?.json()).toMatchObject({ model: 'org/some-model' });
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer k');
  });

  it('prefers a hosted model if a token is set, and falls back to targets of that model only', async () => {
    const { requests } = serve({ 'https://router.huggingface.co/': () => new Response('gone', { status: 404 }) });
    const got = await ask('/v1/chat/completions', { json: ask_, settings: { HF_TOKEN: 'hf_x' } });
    expect(got.status).toBe(502);
    expect((await errorOf(got)).code).toBe('upstream_model_missing');
    const asked = await Promise.all(
      requests.map(async (request) => ((await request.json()) as { model: string }).model),
    );
    expect(asked).toEqual(['Qwen/Qwen3-Next-80B-A3B-Instruct:fastest', 'Qwen/Qwen3-Next-80B-A3B-Instruct:cheapest']);
  });
});

describe('a stream', () => {
  it('passes on events unchanged, and marks the answer as a stream', async () => {
    const events = [chunk('mai'), chunk('son'), chunk('', 'stop'), '[DONE]'];
    serve({ [CHAT]: () => eventStream(events) });
    const got = await ask('/v1/chat/completions', { json: { ...ask_, stream: true } });
    expect(got.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(got.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(await got.text()).toBe(await eventStream(events).text());
  });

  it('ends with one error event and no [DONE] if the host cuts it', async () => {
    serve({ [CHAT]: () => eventStream([chunk('mai')]) });
    const text = await (await ask('/v1/chat/completions', { json: { ...ask_, stream: true } })).text();
    const events = text.trim().split('\n\n');
    expect(events).toHaveLength(2);
    expect(JSON.parse(events[1]?.replace('data: ', '') ?? '')).toMatchObject({
      error: { code: 'upstream_stream_cut' },
    });
  });

  it.each([
    [
      'an HTML page',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      'upstream_invalid_answer',
    ],
    [
      'an empty stream',
      () => new Response('', { headers: { 'content-type': 'text/event-stream' } }),
      'upstream_stream_cut',
    ],
  ])('answers with an HTTP error if the host sends %s with status 200', async (_, host, code) => {
    serve({ [CHAT]: host });
    const got = await ask('/v1/chat/completions', { json: { ...ask_, stream: true } });
    expect(got.status).toBe(502);
    expect((await errorOf(got)).code).toBe(code);
  });
});

describe('a host that fails', () => {
  it('is asked twice more, then the failure is the answer', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const { requests } = serve({ [CHAT]: () => new Response('no', { status: 500 }) });
    const got = await ask('/v1/chat/completions', { json: ask_ });
    expect(got.status).toBe(502);
    expect((await errorOf(got)).code).toBe('upstream_error');
    expect(requests).toHaveLength(3);
    expect(got.headers.get('x-cedalion-attempts')).toBe('3');
  });

  it('answers if a retry succeeds', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    let tries = 0;
    serve({ [CHAT]: () => (++tries < 3 ? new Response('no', { status: 503 }) : Response.json(answer)) });
    expect((await ask('/v1/chat/completions', { json: ask_ })).status).toBe(200);
  });

  it('is asked for longer if it is starting than if it fails', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    let tries = 0;
    const loading = () => Response.json({ error: 'Model tiny-text is currently loading' }, { status: 503 });
    serve({ [CHAT]: () => (++tries < 6 ? loading() : Response.json(answer)) });
    const got = await ask('/v1/chat/completions', { json: ask_ });
    expect(got.status).toBe(200);
    expect(got.headers.get('x-cedalion-attempts')).toBe('6');
  });

  it('has its 4xx status and message passed on, without credentials', async () => {
    const { requests } = serve({
      'https://llm.example.com/': () =>
        Response.json({ error: { message: 'max_tokens is too large for key sk-upstream-secret' } }, { status: 422 }),
    });
    const got = await ask('/v1/chat/completions', {
      json: { ...ask_, model: 'openai/m' },
      settings: { OPENAI_BASE_URL: 'https://llm.example.com/v1', OPENAI_API_KEY: 'sk-upstream-secret' },
    });
    expect(got.status).toBe(422);
    const { code, message } = await errorOf(got);
    expect(code).toBe('upstream_rejected');
    expect(message).toContain('max_tokens is too large for key ***');
    expect(requests).toHaveLength(1);
  });

  it.each([
    [401, 'upstream_unauthorized', 502],
    [403, 'upstream_unauthorized', 502],
    [402, 'insufficient_quota', 429],
    [404, 'upstream_model_missing', 502],
    [302, 'upstream_error', 502],
  ])('maps status %d to %s', async (status, code, wire) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    serve({
      [CHAT]: () =>
        new Response('your key sk-abc is wrong', { status, headers: { location: 'https://elsewhere.example.com' } }),
    });
    const got = await ask('/v1/chat/completions', { json: ask_ });
    expect(got.status).toBe(wire);
    const error = await errorOf(got);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('sk-abc');
  });

  it('has its Retry-After passed on; without credit, clients are told not to retry', async () => {
    serve({ [CHAT]: () => new Response('{}', { status: 429, headers: { 'retry-after': '700' } }) });
    const limited = await ask('/v1/chat/completions', { json: ask_ });
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('700');
    vi.restoreAllMocks();
    serve({ [CHAT]: () => new Response('{}', { status: 402 }) });
    expect((await ask('/v1/chat/completions', { json: ask_ })).headers.get('x-should-retry')).toBe('false');
  });

  it.each([
    ['text that is not JSON', () => new Response('<html>')],
    ['JSON of another shape', () => Response.json({ hello: 1 })],
    ['null', () => Response.json(null)],
  ])('is invalid if it answers with %s', async (_, host) => {
    serve({ [CHAT]: host });
    const got = await ask('/v1/chat/completions', { json: ask_ });
    expect(got.status).toBe(502);
    expect((await errorOf(got)).code).toBe('upstream_invalid_answer');
  });

  it('is unreachable if the connection fails', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    serve({
      [CHAT]: () => {
        throw new TypeError('connection refused');
      },
    });
    const got = await ask('/v1/chat/completions', { json: ask_ });
    expect(got.status).toBe(502);
    expect((await errorOf(got)).code).toBe('upstream_unreachable');
  });
});

describe('a bad request names the parameter', () => {
  it.each([
    [{ messages: ask_.messages }, 'model'],
    [{ ...ask_, model: 3 }, 'model'],
    [{ ...ask_, model: '' }, 'model'],
    [{ model: 'text' }, 'messages'],
    [{ ...ask_, messages: [] }, 'messages'],
    [{ ...ask_, messages: ['hello'] }, 'messages[0]'],
    [{ ...ask_, messages: [{ role: 'wizard', content: 'x' }] }, 'messages[0].role'],
    [{ ...ask_, messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ ...ask_, stream: 'yes' }, 'stream'],
    [{ ...ask_, temperature: 3 }, 'temperature'],
    [{ ...ask_, top_p: -1 }, 'top_p'],
    [{ ...ask_, n: 0 }, 'n'],
    [{ ...ask_, max_tokens: 1.5 }, 'max_tokens'],
    [{ ...ask_, stop: [1] }, 'stop'],
    [{ ...ask_, stream_options: true }, 'stream_options'],
  ])('%j', async (json, param) => {
    serve({});
    const got = await ask('/v1/chat/completions', { json });
    expect(got.status).toBe(400);
    const error = await errorOf(got);
    expect(error).toMatchObject({ code: 'invalid_parameter', param });
    expect(error.message).toContain(`\`${param}\``);
  });

  it.each([
    ['no-such-model', 'model_not_found', 404],
    ['__proto__', 'model_not_found', 404],
    ['openai/', 'model_not_found', 404],
    ['clip', 'wrong_task', 400],
    ['tiny-image', 'wrong_task', 400],
    ['zai-org/GLM-4.6', 'model_unavailable', 503],
    ['openai/anything', 'model_unavailable', 503],
  ])('model %s: %s', async (model, code, status) => {
    serve({});
    const got = await ask('/v1/chat/completions', { json: { ...ask_, model } });
    expect(got.status).toBe(status);
    const error = await errorOf(got);
    expect(error).toMatchObject({ code, param: 'model' });
    if (code === 'wrong_task') expect(error.message).toContain(`The model ${model} does `);
  });

  it('handles deep nesting', async () => {
    serve({ [CHAT]: () => Response.json(answer) });
    const depth = 1_000_000;
    const got = await ask('/v1/chat/completions', {
      body: `{"model":"text","messages":[{"role":"user","content":"x"}],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`,
      headers: { 'content-type': 'application/json' },
    });
    expect([200, 400]).toContain(got.status);
  });
});
