import { describe, expect, it, vi } from 'vitest';
import { bearer, createKey } from '../support/keys.ts';
import { ask, bindings, errorOf, eventStream, ORIGIN, serve } from '../support/worker.ts';

const CHAT = `${ORIGIN}/v1/chat/completions`;
const chat = (content: string | null, more: object = {}) => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'tiny-text' },
  choices: [{ index: 0, message: { role: 'assistant', content, ...more }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
});

/** What the host gets for a request. */
async function sent(body: object): Promise<Record<string, unknown>> {
  const { requests } = serve({ [CHAT]: () => Response.json(chat('ok')) });
  const answer = await ask('/v1/responses', { json: { model: 'text', ...body }, settings: { RUNS: undefined } });
  expect(await answer.clone().text()).toContain('"status":"completed"');
  return (requests[0] as Request).json();
}

describe('the usage of a response', () => {
  const usageFor = async (usage: string) => {
    // JSON.stringify would write null.
    const { usage: _, ...rest } = chat('ok');
    const body = `${JSON.stringify(rest).slice(0, -1)},"usage":${usage}}`;
    serve({ [CHAT]: () => new Response(body, { headers: { 'content-type': 'application/json' } }) });
    const json = { model: 'text', input: 'hi', store: false };
    return ((await (await ask('/v1/responses', { json })).json()) as { usage: object | null }).usage;
  };

  it.each([
    '{"prompt_tokens":1e999,"completion_tokens":2}',
    '{"prompt_tokens":5,"completion_tokens":-2}',
    '{"prompt_tokens":"5","completion_tokens":2}',
    '{"prompt_tokens":5,"completion_tokens":0.5}',
  ])('is null if the host says what cannot be true: %s', async (usage) => {
    expect(await usageFor(usage)).toBeNull();
  });

  it('has the host’s counts, and of those that cannot be true a sum or none', async () => {
    const details = '"completion_tokens_details":{"reasoning_tokens":-1},"prompt_tokens_details":{"cached_tokens":3}';
    const usage = `{"prompt_tokens":5,"completion_tokens":2,"total_tokens":1e999,${details}}`;
    expect(await usageFor(usage)).toEqual({
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 3 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 7,
    });
  });
});

describe('a prompt in a response', () => {
  it('gives it the model, and messages before those of the input', async () => {
    const { requests } = serve({ [CHAT]: () => Response.json(chat('ok')) });
    const prompt = { id: 'translate', variables: { language: 'French', text: 'house' } };
    const answer = await ask('/v1/responses', { json: { prompt, input: 'And "cat"?', max_output_tokens: 9 } });
    expect(await answer.json()).toMatchObject({ status: 'completed', model: 'tiny-text', prompt });
    expect(await (requests[0] as Request).json()).toMatchObject({
      messages: [
        { role: 'system', content: 'Answer with the translation only.' },
        { role: 'user', content: 'Translate to French: house' },
        { role: 'user', content: 'And "cat"?' },
      ],
      max_tokens: 9,
    });
    expect(answer.headers.get('x-cedalion-prompt')).toMatch(/^translate@/);
  });

  it.each([
    ['prompt.variables.text', { prompt: { id: 'translate', variables: {} } }],
    ['prompt.id', { prompt: { id: 'none' } }],
    ['prompt', { prompt: 'translate' }],
    ['model', { input: 'a' }],
    ['input', { model: 'text' }],
  ])('names %s if it is at fault', async (param, json) => {
    expect(await errorOf(await ask('/v1/responses', { json }))).toMatchObject({ param });
  });
});

describe('the chat of a response', () => {
  it('has a message for each item of the input', async () => {
    const input = [
      { role: 'developer', content: 'Be kind.' },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_text', text: 'b' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}', status: 'completed' },
      { type: 'function_call', call_id: 'c2', name: 'g', arguments: '{}' },
      // Said beside the calls, of which the results must come next.
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_1',
        content: [
          { type: 'output_text', text: 'I ask', annotations: [] },
          { type: 'refusal', refusal: '.' },
        ],
      },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
      {
        role: 'user',
        content: [{ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA' }],
      },
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'https://example.com/a.png' },
          { type: 'input_text', text: 'c' },
          { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
        ],
      },
    ];
    expect((await sent({ input, instructions: 'Be brief.' })).messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'system', content: 'Be kind.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: 'I ask.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } },
          { id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'one' },
      { role: 'tool', tool_call_id: 'c2', content: 'two' },
      {
        role: 'user',
        content: [{ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA' } }],
      },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          { type: 'text', text: 'c' },
          { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
        ],
      },
    ]);
  });

  describe('has what a turn of the assistant says and calls in one message, and the results directly behind it', () => {
    const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
    const output = (id: string, text = id) => ({ type: 'function_call_output', call_id: id, output: text });
    const says = (role: string, content: string) => ({ role, content });
    const user = says('user', 'go');
    const called = (content: string | null, ...ids: string[]) => ({
      ...{ role: 'assistant', content },
      tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
    });
    const tool = (id: string, content = id) => ({ role: 'tool', tool_call_id: id, content });

    it.each([
      [
        'with white space between calls',
        [user, says('assistant', 'Two.'), call('a'), says('assistant', '\n'), call('b'), output('b'), output('a')],
        [user, called('Two.\n', 'a', 'b'), tool('a'), tool('b')],
      ],
      [
        'with texts after calls',
        [user, call('a'), says('assistant', 'One.'), call('b'), says('assistant', ' Two.'), output('a'), output('b')],
        [user, called('One. Two.', 'a', 'b'), tool('a'), tool('b')],
      ],
      [
        'with nothing but white space beside calls',
        [user, call('a'), says('assistant', '\n'), output('a')],
        [user, called(null, 'a'), tool('a')],
      ],
      [
        'with a user who cannot wait',
        [user, call('a'), says('user', 'hurry'), says('assistant', 'Soon.'), output('a')],
        [user, called(null, 'a'), tool('a'), says('user', 'hurry'), says('assistant', 'Soon.')],
      ],
      [
        'with a result that comes before the next call',
        [user, call('a'), call('b'), output('a'), call('c'), output('c'), output('b'), says('assistant', 'Done.')],
        [user, called(null, 'a', 'b', 'c'), tool('a'), tool('b'), tool('c'), says('assistant', 'Done.')],
      ],
      [
        'and begins a new turn once all calls have results',
        [user, call('a'), output('a'), says('assistant', 'Next.'), call('b'), output('b')],
        [user, called(null, 'a'), tool('a'), called('Next.', 'b'), tool('b')],
      ],
      [
        'where a later turn repeats an id',
        [user, call('a'), output('a', '1'), user, call('a'), output('a', '2')],
        [user, called(null, 'a'), tool('a', '1'), user, called(null, 'a'), tool('a', '2')],
      ],
      [
        'and leaves a result without a call where it is',
        [output('x'), user, call('a'), output('y'), says('user', 'so?')],
        [tool('x'), user, called(null, 'a'), tool('y'), says('user', 'so?')],
      ],
    ])('%s', async (_, input, messages) => {
      expect((await sent({ input })).messages).toEqual(messages);
    });
  });

  it('has the fields that mean the same, those that both have, and those that are not known', async () => {
    const tools = [
      { type: 'function', name: 'f', description: null, parameters: { type: 'object' }, strict: true },
      { type: 'function', name: 'g' },
    ];
    const { messages: _, ...rest } = await sent({
      ...{ input: 'a', max_output_tokens: 9, temperature: 0.5, top_p: null, user: 'u', seed: 3, some_new_field: [1] },
      ...{ store: false, background: false, metadata: { a: 'b' }, truncation: 'auto', max_tool_calls: 3 },
      ...{
        text: { format: { type: 'json_object' }, verbosity: 'low' },
        reasoning: { effort: 'high', summary: 'auto' },
      },
      ...{ include: ['message.output_text.logprobs'], top_logprobs: 2, parallel_tool_calls: false, tools },
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
    });
    expect(rest).toEqual({
      ...{ model: 'tiny-text', max_tokens: 9, temperature: 0.5, user: 'u', seed: 3, some_new_field: [1] },
      ...{ response_format: { type: 'json_object' }, verbosity: 'low', reasoning_effort: 'high', logprobs: true },
      ...{ top_logprobs: 2, parallel_tool_calls: false, tool_choice: 'required' },
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } }],
    });
  });

  it('names the one function that is to be called, and drops a choice without functions', async () => {
    const tools = [{ type: 'function', name: 'f' }];
    const tool_choice = { type: 'function', name: 'f' };
    const named = { type: 'function', function: { name: 'f' } };
    expect((await sent({ input: 'a', tools, tool_choice })).tool_choice).toEqual(named);
    const bare = await sent({ input: 'a', tools: [], tool_choice: 'auto', parallel_tool_calls: true });
    expect(Object.keys(bare).sort()).toEqual(['messages', 'model']);
  });

  it('gets a large picture, and the response repeats a large text of the request', async () => {
    const image_url = `data:image/png;base64,${'A'.repeat(3_000_000)}`;
    const metadata = { text: 'x'.repeat(100_000) };
    const { requests } = serve({ [CHAT]: () => Response.json(chat('ok')) });
    const input = [{ role: 'user', content: [{ type: 'input_image', image_url }] }];
    const answer = await ask('/v1/responses', { json: { model: 'text', input, metadata } });
    expect(await answer.json()).toMatchObject({ metadata });
    const { messages } = (await (requests[0] as Request).json()) as { messages: unknown };
    expect(messages).toEqual([{ role: 'user', content: [{ type: 'image_url', image_url: { url: image_url } }] }]);
  });
});

describe('a response', () => {
  it('has a large text as it was answered, and large arguments of a function', async () => {
    const text = 'Say "hi"\n\\ 🎈 '.repeat(100_000);
    const call = (args: unknown) => ({ id: 'call_1', type: 'function', function: { name: 'save', arguments: args } });
    const answers = [
      chat(text, { reasoning: text }),
      chat(text, { tool_calls: [call({ text })] }),
      chat(null, { tool_calls: [call(JSON.stringify({ text }))] }),
    ];
    serve({ [CHAT]: () => Response.json(answers.shift()) });
    const outputs = [];
    for (let i = 0; i < 3; i++) {
      const answer = await ask('/v1/responses', { json: { model: 'text', input: 'a' } });
      expect(answer.headers.get('content-type')).toBe('application/json');
      outputs.push(((await answer.json()) as { output: object[] }).output);
    }
    const message = { type: 'message', content: [{ text }] };
    const called = { type: 'function_call', arguments: JSON.stringify({ text }) };
    expect(outputs).toMatchObject([[{ summary: [{ text }] }, message], [message, called], [called]]);
  });

  it('has the log probabilities, if they are asked for', async () => {
    const content = [{ token: 'ok', logprob: -0.1, bytes: [111, 107], top_logprobs: [] }];
    const answer = { ...chat('ok'), choices: [{ ...chat('ok').choices[0], logprobs: { content } }] };
    serve({ [CHAT]: () => Response.json(answer) });
    const got = await ask('/v1/responses', { json: { model: 'text', input: 'a', top_logprobs: 1 } });
    expect(await got.json()).toMatchObject({ output: [{ content: [{ text: 'ok', logprobs: content }] }] });
  });

  it.each([
    ['nothing', { choices: [] }],
    ['a choice that is null', { choices: [null] }],
    ['no text', chat(null)],
  ])('has an empty message if the host says %s', async (_, answer) => {
    serve({ [CHAT]: () => Response.json(answer) });
    const got = await ask('/v1/responses', { json: { model: 'text', input: 'a' } });
    expect(await got.json()).toMatchObject({
      ...{ status: 'completed', model: 'tiny-text' },
      output: [{ type: 'message', status: 'completed', content: [{ type: 'output_text', text: '' }] }],
    });
  });

  it('is incomplete if the content filter of the host has ended it', async () => {
    const choices = [{ index: 0, message: { content: 'a' }, finish_reason: 'content_filter' }];
    serve({ [CHAT]: () => Response.json({ choices }) });
    const got = await ask('/v1/responses', { json: { model: 'text', input: 'a' } });
    const incomplete_details = { reason: 'content_filter' };
    expect(await got.json()).toMatchObject({
      status: 'incomplete',
      incomplete_details,
      usage: null,
      completed_at: null,
    });
  });

  it('has the calls of a host that gives them the same index', async () => {
    const call = (id: string) => ({ index: 0, id, type: 'function', function: { name: 'f', arguments: '{}' } });
    serve({ [CHAT]: () => Response.json(chat(null, { tool_calls: [call('a'), call('b')] })) });
    const got = await ask('/v1/responses', { json: { model: 'text', input: 'a' } });
    expect(await got.json()).toMatchObject({ output: [{ call_id: 'a' }, { call_id: 'b' }] });
  });

  it('keeps the HTTP status of a host that fails before it begins', async () => {
    const error = { message: 'No.', type: 'invalid_request_error', param: 'messages[0].content', code: 'bad' };
    serve({ [CHAT]: () => Response.json({ error }, { status: 400 }) });
    for (const stream of [false, true]) {
      const got = await ask('/v1/responses', { json: { model: 'text', input: 'a', stream } });
      expect(got.status).toBe(400);
      expect(await errorOf(got)).toMatchObject({ code: 'bad', param: 'input' });
    }
  });

  it('fails truthfully if the host cuts the stream, wherever', async () => {
    const event = { choices: [{ index: 0, delta: { content: 'hello' }, finish_reason: null }] };
    const whole = `data: ${JSON.stringify(event)}\n\ndata: ${JSON.stringify(event)}\n\ndata: [DONE]\n\n`;
    const first = JSON.stringify(event).length + 8;
    let at = first;
    serve({ [CHAT]: () => new Response(whole.slice(0, at), eventStream([])) });
    for (; at < whole.length - 2; at += 5) {
      const got = await ask('/v1/responses', { json: { model: 'text', input: 'a', stream: true } });
      const text = await got.text();
      expect(text, `cut at ${at}`).toContain('event: response.failed\n');
      expect(text).not.toContain('response.completed');
      expect(text).toContain('"code":"upstream_stream_cut"');
    }
  });
});

describe('a caller of responses', () => {
  it('pays for one chat, and cannot go beyond a limit', async () => {
    serve({ [CHAT]: () => Response.json(chat('ok')) });
    const headers = bearer(await createKey({ limits: { requests_per_minute: 2 } }));
    const settings = { LIMITS: bindings.LIMITS };
    const json = { model: 'text', input: 'a' };
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask('/v1/responses', { json, headers, settings })).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('pays for items that it refers to, and for looking up what is not kept', async () => {
    const { requests } = serve({ [CHAT]: () => Response.json(chat('x'.repeat(400_000))) });
    const key = { id: 'refers' };
    const json = { model: 'text', input: 'a', store: true, max_output_tokens: 9 };
    const first = await ask('/v1/responses', { json, headers: bearer(await createKey(key)) });
    const { output } = (await first.json()) as { output: { id: string }[] };
    const reference = { type: 'item_reference', id: output[0]?.id };
    const refer = async (times: number, headers: Record<string, string>) => {
      const input = [...Array(times).fill(reference), { role: 'user', content: 'And?' }];
      const answer = await ask('/v1/responses', { json: { ...json, input, store: false }, headers });
      return [answer.status, answer.status === 200 || (await errorOf(answer)).code];
    };
    const few = bearer(await createKey({ ...key, limits: { tokens_per_day: 50_000 } }));
    expect(await refer(1, few)).toEqual([429, 'insufficient_quota']);
    const all = bearer(await createKey(key));
    expect(await refer(1, all)).toEqual([200, true]);
    expect(await refer(14, all)).toEqual([413, 'body_too_large']);
    expect(requests).toHaveLength(2);
    const rare = bearer(await createKey({ ...key, limits: { requests_per_minute: 1 } }));
    const missing = { ...json, store: false, previous_response_id: `resp_k${'A'.repeat(43)}` };
    const look = () => ask('/v1/responses', { json: missing, headers: rare });
    expect([(await look()).status, (await look()).status]).toEqual([404, 429]);
  });

  it.each([
    ['a plain request', {}],
    ['one that is kept', { store: true }],
  ])('cannot say which response %s continues but by `previous_response_id`, which must exist', async (_, more) => {
    serve({ [CHAT]: () => Response.json(chat('ok')) });
    const of = 'resp_of_somebody_else';
    const json = { model: 'text', input: 'a', cedalion_continues: of, ...more };
    const answer = await ask('/v1/responses', { json, headers: { 'x-run-context': of, 'x-cedalion-continues': of } });
    const response = (await answer.json()) as { id: string };
    expect(response).toMatchObject({ status: 'completed', previous_response_id: null });
    if (!('store' in more)) return;
    const stored = await (await ask(`/v1/responses/${response.id}`)).json();
    expect(stored).toMatchObject({ previous_response_id: null });
  });

  it('says which response one that is kept continues, also in the background', async () => {
    serve({ [CHAT]: () => Response.json(chat('ok')) });
    const json = { model: 'text', input: 'a', background: true };
    const create = async (more: object) =>
      (await (await ask('/v1/responses', { json: { ...json, ...more } })).json()) as { id: string };
    const first = await create({});
    await vi.waitFor(async () =>
      expect(await (await ask(`/v1/responses/${first.id}`)).json()).toMatchObject({ status: 'completed' }),
    );
    const second = await create({ previous_response_id: first.id });
    expect(second).toMatchObject({ previous_response_id: first.id });
    await vi.waitFor(async () =>
      expect(await (await ask(`/v1/responses/${second.id}`)).json()).toMatchObject({
        ...{ status: 'completed', previous_response_id: first.id },
      }),
    );
  });

  it('cannot use other models than its own', async () => {
    serve({});
    const headers = bearer(await createKey({ models: ['tiny-clip'] }));
    const got = await ask('/v1/responses', { json: { model: 'text', input: 'a' }, headers });
    expect([got.status, (await errorOf(got)).code]).toEqual([403, 'model_not_allowed']);
  });
});

describe('the completion window of a response', () => {
  const ok = { [CHAT]: () => Response.json(chat('ok')) };
  const asked = async (more: object) => {
    serve(ok);
    return ask('/v1/responses', { json: { model: 'text', input: 'Hi', ...more } });
  };

  it.each([
    [{ background_options: { completion_window: 'soonest', continuation_id: 'c' } }],
    [{ background_options: { completion_window: '2h' }, background: true }],
    [{ background_options: {} }],
  ])('is taken, and no host gets it: %j', async (more) => {
    const bodies: string[] = [];
    const host = async (request: Request) => {
      bodies.push(await request.text());
      return Response.json(chat('ok'));
    };
    serve({ [CHAT]: host });
    const answer = await ask('/v1/responses', { json: { model: 'text', input: 'Hi', ...more } });
    expect(answer.status).toBe(200);
    await vi.waitFor(() => expect(bodies).toHaveLength(1));
    expect(bodies[0]).not.toContain('background_options');
  });

  it.each([
    [{ background_options: { completion_window: '8h' } }],
    [{ background_options: { completion_window: '8h' }, background: true, stream: true }],
    [{ background_options: { completion_window: '1d' }, background: true }],
  ])('is refused where it could not be kept: %j', async (more) => {
    const answer = await asked(more);
    expect(answer.status).toBe(400);
    expect(await errorOf(answer)).toMatchObject({ param: 'background_options.completion_window' });
  });
});
