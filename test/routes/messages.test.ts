import { describe, expect, it } from 'vitest';
import { createKey } from '../support/keys.ts';
import { ask, errorOf, eventStream, KEY, ORIGIN, serve } from '../support/worker.ts';

const CHAT = `${ORIGIN}/v1/chat/completions`;
const COUNT = `${ORIGIN}/v1/messages/count_tokens`;
const PATH = '/v1/messages';
const answer = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};
const user = (content: unknown) => ({ role: 'user', content });
const request = (more: object = {}) => ({ model: 'text', max_tokens: 9, messages: [user('Hi')], ...more });

/** What the host gets for a request. */
async function sent(more: object, headers: Record<string, string> = {}) {
  const { requests } = serve({ [CHAT]: () => Response.json(answer) });
  const got = await ask(PATH, { json: request(more), headers });
  expect(await got.clone().json()).toMatchObject({ type: 'message' });
  return { body: (await (requests[0] as Request).json()) as Record<string, unknown>, answer: got };
}

describe('a key at /v1/messages', () => {
  it('may be in x-api-key, or a Bearer token, and is refused in Anthropic’s shape', async () => {
    serve({ [CHAT]: () => Response.json(answer) });
    const anonymous = { json: request(), anonymous: true };
    expect((await ask(PATH, { ...anonymous, headers: { 'x-api-key': KEY } })).status).toBe(200);
    expect((await ask(PATH, { json: request() })).status).toBe(200);
    for (const headers of [{}, { 'x-api-key': 'sk-wrong' }, { authorization: 'Bearer no', 'x-api-key': KEY }]) {
      const refused = await ask(PATH, { ...anonymous, headers: headers as Record<string, string> });
      expect(refused.status).toBe(401);
      const body = (await refused.json()) as { request_id: string };
      expect(body).toMatchObject({ type: 'error', error: { type: 'authentication_error', code: 'invalid_api_key' } });
      expect(refused.headers.get('request-id')).toBe(body.request_id);
      expect(refused.headers.get('x-request-id')).toBe(body.request_id);
    }
  });
});

describe('a request at /v1/messages', () => {
  it.each([
    ['max_tokens', { max_tokens: undefined }],
    ['max_tokens', { max_tokens: 0 }],
    ['messages', { messages: [] }],
    ['messages[0].content[0].type', { messages: [user([{ type: 'server_tool_use' }])] }],
    ['messages[0].content[0].text', { messages: [user([{ type: 'text' }])] }],
    ['messages[0].content[0].source', { messages: [user([{ type: 'image' }])] }],
    [
      'messages[0].content[1].source.type',
      {
        messages: [
          user([
            { type: 'text', text: 'a' },
            { type: 'image', source: { type: 'file', file_id: 'f' } },
          ]),
        ],
      },
    ],
    [
      'messages[0].content[1].source.type',
      {
        messages: [
          user([
            { type: 'tool_result', tool_use_id: 'a' },
            { type: 'document', source: { type: 'url', url: 'https://example.com' } },
          ]),
        ],
      },
    ],
    [
      'messages[0].content[0].citations',
      { messages: [user([{ type: 'document', citations: { enabled: true }, source: { type: 'text', data: 'a' } }])] },
    ],
    ['messages[0].content[0].tool_use_id', { messages: [user([{ type: 'tool_result', content: 'a' }])] }],
    [
      'messages[0].content[0].input',
      { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: '{}' }] }] },
    ],
    ['messages[0].content[0].type', { messages: [{ role: 'assistant', content: [{ type: 'image' }] }] }],
    ['messages', { messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: 'a', signature: '' }] }] }],
    ['system[0].type', { system: [{ type: 'image' }] }],
    ['tools[0].type', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['tool_choice.name', { tools: [{ name: 'f' }], tool_choice: { type: 'tool' } }],
    ['tool_choice.type', { tool_choice: { type: 'required' } }],
    ['container', { container: 'c' }],
    ['mcp_servers', { mcp_servers: [{ url: 'https://example.com' }] }],
    ['fallbacks', { fallbacks: [{ model: 'text' }] }],
    ['inference_geo', { inference_geo: 'us' }],
    ['output_config.format.type', { output_config: { format: { type: 'grammar' } } }],
    ['temperature', { temperature: 1.5 }],
  ])('is refused with the name of %s: %j', async (param, more) => {
    serve({});
    for (const path of [PATH, '/v1/messages/count_tokens']) {
      if (path !== PATH && param === 'max_tokens') continue;
      const refused = await ask(path, { json: request(more) });
      expect(refused.status, path).toBe(400);
      expect(await refused.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error', param } });
    }
  });

  it('has tools and choices of chat', async () => {
    const tools = [
      { name: 'f', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' }, defer_loading: true },
    ];
    const choices = [
      [{ type: 'auto' }, 'auto'],
      [{ type: 'any' }, 'required'],
      [{ type: 'none' }, 'none'],
      [
        { type: 'tool', name: 'f' },
        { type: 'function', function: { name: 'f' } },
      ],
    ];
    for (const [tool_choice, expected] of choices) {
      const { body } = await sent({ tools, tool_choice });
      expect(body.tool_choice).toEqual(expected);
      expect(body.tools).toEqual([{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]);
      expect(body).not.toHaveProperty('parallel_tool_calls');
    }
    const { body } = await sent({ tools, tool_choice: { type: 'auto', disable_parallel_tool_use: true } });
    expect(body.parallel_tool_calls).toBe(false);
  });

  it('has no fields that are null', async () => {
    const { body } = await sent({ system: null, tools: null, metadata: { user_id: null }, other: null });
    expect(body).toEqual({ model: 'tiny-text', max_tokens: 9, messages: [user('Hi')] });
  });

  it('says which fields have no effect, and leaves them out', async () => {
    const more = {
      service_tier: 'auto',
      context_management: { edits: [] },
      speed: 'fast',
      thinking: { type: 'adaptive' },
      cache_control: { type: 'ephemeral' },
    };
    const { body, answer } = await sent(more);
    expect(body).toEqual({ model: 'tiny-text', max_tokens: 9, messages: [user('Hi')] });
    expect(answer.headers.get('x-cedalion-ignored')).toBe('service_tier, context_management, speed');
  });

  it('has results of calls before what the user says, with texts and pictures', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aQ==' } };
    const { body } = await sent({
      messages: [
        user('Hi'),
        {
          role: 'assistant',
          content: [
            { type: 'redacted_thinking', data: 'x' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'a', name: 'f', input: { b: 1 } },
          ],
        },
        user([
          { type: 'text', text: 'And?' },
          { type: 'tool_result', tool_use_id: 'a', is_error: true, content: [{ type: 'text', text: 'r' }, image] },
        ]),
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
      ],
    });
    expect(body.messages).toEqual([
      user('Hi'),
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"b":1}' } }],
      },
      {
        role: 'tool',
        tool_call_id: 'a',
        content: [
          { type: 'text', text: 'r' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aQ==' } },
        ],
      },
      user('And?'),
      { role: 'system', content: 'Be brief.' },
    ]);
  });

  it('asks for effort and a schema as chat does, and errors name its own fields', async () => {
    const schema = { type: 'object', properties: {} };
    const { body } = await sent({ output_config: { effort: 'max', format: { type: 'json_schema', schema } } });
    expect(body).toMatchObject({
      reasoning_effort: 'xhigh',
      response_format: { type: 'json_schema', json_schema: { schema } },
    });
    const error = { message: 'No effort here.', param: 'reasoning_effort', type: 'invalid_request_error', code: null };
    serve({ [CHAT]: () => Response.json({ error }, { status: 400 }) });
    const refused = await ask(PATH, { json: request({ output_config: { effort: 'low' } }) });
    expect(await errorOf(refused)).toMatchObject({ param: 'output_config.effort', type: 'invalid_request_error' });
  });

  it('counts a picture in base64 as a picture, not by its length', async () => {
    const key = await createKey({ limits: { tokens_per_day: 10_000 } });
    serve({ [CHAT]: () => Response.json(answer) });
    const data = 'A'.repeat(500_000);
    const json = request({
      messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }])],
    });
    expect((await ask(PATH, { json, headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  });
});

describe('errors at /v1/messages', () => {
  it.each([
    [503, 529, 'overloaded_error'],
    [429, 429, 'rate_limit_error'],
    [402, 402, 'billing_error'],
    [500, 502, 'api_error'],
  ])('of a host with %i have the status %i and the type %s', async (status, expected, type) => {
    serve({
      [CHAT]: () => Response.json({ error: { message: 'No.' } }, { status, headers: { 'retry-after': '600' } }),
    });
    const failed = await ask(PATH, { json: request() });
    expect(failed.status).toBe(expected);
    expect(await failed.json()).toMatchObject({
      type: 'error',
      error: { type },
      request_id: expect.stringMatching(/^req_/),
    });
  });
});

describe('tokens of messages', () => {
  const countTokens = (path: string, json: object) => ask(path, { json });

  it('are those that the host counts', async () => {
    const { requests } = serve({ [COUNT]: () => Response.json({ input_tokens: 42 }) });
    const { max_tokens: _, ...json } = request({ system: 'Be brief.' });
    const counted = await countTokens('/v1/messages/count_tokens', json);
    expect(await counted.json()).toEqual({ input_tokens: 42 });
    expect(counted.headers.get('x-cedalion-tokens')).toBe('counted');
    expect(await (requests[0] as Request).json()).toEqual({
      model: 'tiny-text',
      messages: [user('Hi')],
      system: 'Be brief.',
    });
  });

  it.each([
    ['has no such route', () => new Response('', { status: 404 })],
    [
      'counts what cannot be true',
      () => new Response('{"input_tokens": 1e999}', { headers: { 'content-type': 'application/json' } }),
    ],
    ['fails', () => new Response('', { status: 500 })],
  ])('are estimated if the host %s, which a header says', async (_, host) => {
    const { requests } = serve({ [COUNT]: host });
    for (let i = 0; i < 2; i++) {
      const estimated = await countTokens('/v1/messages/count_tokens', request({ messages: [user('x'.repeat(4000))] }));
      expect(estimated.headers.get('x-cedalion-tokens')).toBe('estimated');
      const { input_tokens } = (await estimated.json()) as { input_tokens: number };
      expect(input_tokens).toBeGreaterThan(1000);
      expect(input_tokens).toBeLessThan(1100);
    }
    // A host that does not count is not asked again for an hour.
    if (host().status === 404) expect(requests).toHaveLength(1);
  });

  it('of a response are counted in its own shape', async () => {
    const { requests } = serve({ [`${ORIGIN}/v1/responses/input_tokens`]: () => Response.json({ input_tokens: 7 }) });
    const counted = await countTokens('/v1/responses/input_tokens', {
      model: 'text',
      input: 'Hi',
      instructions: 'Be brief.',
      store: false,
    });
    expect(await counted.json()).toEqual({ object: 'response.input_tokens', input_tokens: 7 });
    expect(await (requests[0] as Request).json()).toEqual({
      model: 'tiny-text',
      input: 'Hi',
      instructions: 'Be brief.',
    });
  });

  it('are not counted of a model that the key may not use', async () => {
    serve({});
    const key = await createKey({ models: ['tiny-clip'] });
    const headers = { authorization: `Bearer ${key}` };
    for (const [path, json] of [
      ['/v1/messages/count_tokens', request()],
      ['/v1/responses/input_tokens', { model: 'text', input: 'a' }],
    ] as const) {
      expect((await ask(path, { json, headers })).status).toBe(403);
    }
  });
});

describe('MODEL_NAMES', () => {
  const settings = {
    MODEL_NAMES: JSON.stringify({
      'claude-*': 'text',
      'claude-haiku-*': 'tiny-text',
      gpt: 'openai/big',
      text: 'tiny-clip',
      'no-*': 'nothing',
    }),
  };

  it('gives models other names, on every surface', async () => {
    const { requests } = serve({ [CHAT]: () => Response.json(answer) });
    const model = 'claude-opus-5-20260801';
    const messages = await ask(PATH, { json: request({ model }), settings });
    expect(await messages.json()).toMatchObject({ model: 'tiny-text' });
    const chat = await ask('/v1/chat/completions', { json: { model, messages: [user('Hi')] }, settings });
    expect(chat.headers.get('x-cedalion-model')).toBe('tiny-text');
    expect((await ask('/v1/responses', { json: { model, input: 'Hi' }, settings })).status).toBe(200);
    for (const request of requests) expect(await request.json()).toMatchObject({ model: 'tiny-text' });
    // A name of the catalogue stands for itself.
    expect(
      (await ask('/v1/chat/completions', { json: { model: 'text', messages: [user('Hi')] }, settings })).status,
    ).toBe(200);
  });

  it('is shown in the list of models', async () => {
    const { data } = (await (await ask('/v1/models', { settings })).json()) as {
      data: { id: string; resolves_to?: string }[];
    };
    const shown = Object.fromEntries(data.map(({ id, resolves_to }) => [id, resolves_to]));
    expect(shown).toMatchObject({ 'claude-*': 'tiny-text', 'claude-haiku-*': 'tiny-text', text: 'tiny-text' });
    expect(shown).not.toHaveProperty('no-*');
    const one = await ask('/v1/models/claude-x', { settings });
    expect(await one.json()).toMatchObject({ id: 'claude-x', resolves_to: 'tiny-text', task: 'text-generation' });
    expect((await ask('/v1/models/other', { settings })).status).toBe(404);
  });

  it('lets a key use a name that stands for a model of its own, and no other', async () => {
    serve({ [CHAT]: () => Response.json(answer) });
    const asked = async (models: string[]) => {
      const headers = { authorization: `Bearer ${await createKey({ models })}` };
      return (await ask(PATH, { json: request({ model: 'claude-x' }), headers, settings })).status;
    };
    expect(await asked(['text'])).toBe(200);
    expect(await asked(['tiny-text'])).toBe(200);
    expect(await asked(['claude-x'])).toBe(200);
    expect(await asked(['tiny-clip'])).toBe(403);
  });

  it.each(['[]', '{"a*b":"text"}', '{"":"text"}', '{"a":1}', 'a'])('is unusable as %s', async (MODEL_NAMES) => {
    const answer = await ask('/readyz', { settings: { MODEL_NAMES } });
    expect(JSON.stringify(await answer.json())).toContain('MODEL_NAMES');
  });

  it('that names no model is a problem of /readyz', async () => {
    const answer = await ask('/readyz', { settings: { MODEL_NAMES: '{"claude-*":"nothing"}' } });
    expect(JSON.stringify(await answer.json())).toContain('claude-*');
  });
});

describe('models in Anthropic’s shape', () => {
  const headers = { 'anthropic-version': '2023-06-01' };
  const page = async (query = '') =>
    (await (await ask(`/v1/models${query}`, { headers })).json()) as {
      data: { id: string }[];
      has_more: boolean;
      last_id: string;
      first_id: string;
    };

  it('are those that answer messages, in pages in both directions', async () => {
    const all = await page();
    expect(all.data.map(({ id }) => id)).toContain('text');
    expect(all.data.map(({ id }) => id)).not.toContain('tiny-clip');
    expect(all.data[0]).toMatchObject({
      type: 'model',
      display_name: 'text',
      created_at: expect.stringMatching(/^2026.*Z$/),
    });
    const ids: string[] = [];
    for (let query = '?limit=2'; ; ) {
      const { data, has_more, last_id } = await page(query);
      ids.push(...data.map(({ id }) => id));
      if (!has_more) break;
      query = `?limit=2&after_id=${encodeURIComponent(last_id)}`;
    }
    expect(ids).toEqual(all.data.map(({ id }) => id));
    const before = await page(`?limit=2&before_id=${encodeURIComponent(ids.at(-1) as string)}`);
    expect(before).toMatchObject({ has_more: true, last_id: ids.at(-2), first_id: ids.at(-3) });
    expect((await ask('/v1/models?after_id=none', { headers })).status).toBe(400);
    expect(await (await ask('/v1/models/tiny-text', { headers })).json()).toMatchObject({
      type: 'model',
      id: 'tiny-text',
      max_input_tokens: 512,
    });
  });
});

it('a stream of messages that asks for nothing else is one of text', async () => {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  serve({ [CHAT]: () => eventStream([chunk({ content: 'ok' }), chunk({}, 'stop'), '[DONE]']) });
  const answer = await ask(PATH, { json: request({ stream: true }) });
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(await answer.text()).toMatch(
    /event: message_start\n[\s\S]*"text":"ok"[\s\S]*event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/,
  );
});
