import { describe, expect, it } from 'vitest';
import { ask, errorOf, eventStream, ORIGIN, serve } from '../support/worker.ts';

/**
 * Tools that are no functions, and fields that are the client's own: what agents such as Codex send by
 * default.
 */

const called = (...calls: readonly (readonly [name: string, args: string])[]) => ({
  choices: [
    {
      index: 0,
      message: {
        content: null,
        tool_calls: calls.map(([name, json], i) => ({
          id: `c${i}`,
          type: 'function',
          function: { name, arguments: json },
        })),
      },
      finish_reason: 'tool_calls',
    },
  ],
});

interface Got {
  readonly answer: Response;
  readonly response: Record<string, unknown>;
  readonly sent: Record<string, unknown>;
}

async function respond(json: object, chat: object = called()): Promise<Got> {
  const { requests } = serve({ [ORIGIN]: () => Response.json(chat) });
  const answer = await ask('/v1/responses', { json: { model: 'text', input: 'hi', ...json } });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return { answer, response: await answer.json(), sent: await (requests[0] as Request).json() };
}

const refused = async (json: object) => {
  serve({});
  return errorOf(await ask('/v1/responses', { json: { model: 'text', input: 'hi', ...json } }));
};

const f = { type: 'function', name: 'f', parameters: { type: 'object' } };
const crm = {
  type: 'namespace',
  name: 'crm',
  description: 'Customers',
  tools: [f, { type: 'custom', name: 'query', description: 'Asks in SQL.' }],
};
const patch = {
  type: 'custom',
  name: 'patch',
  description: 'Changes files.',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
};
const asText = (name: string, description: string) => ({
  type: 'function',
  function: {
    name,
    description,
    parameters: {
      type: 'object',
      properties: { input: { type: 'string' } },
      required: ['input'],
      additionalProperties: false,
    },
  },
});

describe('the tools of a namespace', () => {
  it('become functions, and their calls have the namespace', async () => {
    const tools = [f, crm];
    const { response, sent } = await respond({ tools }, called(['crm__f', '{"a":1}'], ['f', '{}'], ['unknown', '{}']));
    expect(sent.tools).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object' } } },
      { type: 'function', function: { name: 'crm__f', parameters: { type: 'object' } } },
      asText('crm__query', 'Asks in SQL.'),
    ]);
    expect(response).toMatchObject({
      tools,
      output: [
        { type: 'function_call', name: 'f', namespace: 'crm', arguments: '{"a":1}' },
        { type: 'function_call', name: 'f', arguments: '{}' },
        { type: 'function_call', name: 'unknown', arguments: '{}' },
      ],
    });
    expect((response.output as object[])[1]).not.toHaveProperty('namespace');
  });

  it('have the same names in what was said before, also if these are too long for a host', async () => {
    const namespace = 'n'.repeat(60);
    const [one, two] = ['a', 'b'].map((end) => ({ ...f, name: `${'x'.repeat(20)}${end}` }));
    const tools = [{ type: 'namespace', name: namespace, tools: [one, two] }];
    const input = [
      { role: 'user', content: 'go' },
      { type: 'function_call', call_id: 'c', namespace, name: two?.name, arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'ok' },
    ];
    const { sent } = await respond({ tools, input });
    const names = (sent.tools as { function: { name: string } }[]).map((tool) => tool.function.name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[\w-]{64}$/);
    expect(sent.messages).toMatchObject([{}, { tool_calls: [{ function: { name: names[1] } }] }, { role: 'tool' }]);
  });

  it('can be those that a choice names', async () => {
    const choice = (tools: object[]) => ({ type: 'allowed_tools', mode: 'auto', tools });
    const names = async (tool_choice: object) => {
      const { sent } = await respond({ tools: [f, crm], tool_choice });
      return (sent.tools as { function: { name: string } }[]).map((tool) => tool.function.name);
    };
    expect(await names(choice([{ type: 'namespace', name: 'crm' }]))).toEqual(['crm__f', 'crm__query']);
    expect(await names(choice([{ type: 'function', name: 'f', namespace: 'crm' }]))).toEqual(['crm__f']);
    expect(await names(choice([{ type: 'function', name: 'f' }]))).toEqual(['f']);
  });

  it.each([
    ['tools[0].name', [{ type: 'namespace', tools: [] }]],
    ['tools[0].tools', [{ type: 'namespace', name: 'n' }]],
    ['tools[0].tools[0]', [{ type: 'namespace', name: 'n', tools: [1] }]],
    ['tools[0].tools[0].type', [{ type: 'namespace', name: 'n', tools: [crm] }]],
    ['tools', [crm, { ...f, name: 'crm__f' }]],
  ])('are rejected with the name of what is wrong: %s', async (param, tools) => {
    expect(await refused({ tools })).toMatchObject({ param });
  });
});

describe('a custom tool', () => {
  const tools = [patch, crm];

  it('is a function of one text, and its calls have the text', async () => {
    const chat = called(['patch', '{"input":"a \\"b\\""}'], ['crm__query', 'SELECT 1']);
    const { response, sent } = await respond({ tools, tool_choice: { type: 'custom', name: 'patch' } }, chat);
    expect((sent.tools as object[])[0]).toEqual(
      asText('patch', 'Changes files.\n\nThe input must match this lark grammar:\nstart: "a"'),
    );
    expect(sent.tool_choice).toEqual({ type: 'function', function: { name: 'patch' } });
    expect(response.output).toMatchObject([
      { id: expect.stringMatching(/^ctc_/), type: 'custom_tool_call', name: 'patch', call_id: 'c0', input: 'a "b"' },
      { type: 'custom_tool_call', name: 'query', namespace: 'crm', input: 'SELECT 1' },
    ]);
  });

  it('streams events with its text', async () => {
    const pieces = ['{"in', 'put":"a', '"}'].map((json) => ({ index: 0, function: { arguments: json } }));
    const deltas = [{ index: 0, id: 'c0', function: { name: 'patch', arguments: '' } }, ...pieces];
    const chunks = deltas.map((call) => ({ choices: [{ index: 0, delta: { tool_calls: [call] } }] }));
    const end = { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] };
    serve({ [ORIGIN]: () => eventStream([...chunks, end, '[DONE]']) });
    const answer = await ask('/v1/responses', { json: { model: 'text', input: 'hi', stream: true, tools } });
    const events = [...(await answer.text()).matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ''));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.custom_tool_call_input.delta',
      'response.custom_tool_call_input.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events[2].item).toMatchObject({ type: 'custom_tool_call', name: 'patch', input: '' });
    expect(events[3].delta).toBe('a');
    expect(events[6].response.output).toMatchObject([{ input: 'a', status: 'completed' }]);
  });

  it('has its calls and their outputs in what was said before', async () => {
    const input = [
      { type: 'custom_tool_call', call_id: 'c', name: 'patch', input: 'a "b"' },
      { type: 'custom_tool_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'done' }] },
    ];
    const { sent } = await respond({ tools, input });
    const call = { id: 'c', type: 'function', function: { name: 'patch', arguments: '{"input":"a \\"b\\""}' } };
    expect(sent.messages).toEqual([
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: 'done' },
    ]);
  });
});

describe('a search of the web', () => {
  const search = { type: 'web_search', external_web_access: false };

  it.each([undefined, 'auto', 'required', { type: 'function', name: 'f' }])(
    'is left out beside other tools, and the response and a header say so: tool_choice %j',
    async (tool_choice) => {
      const { answer, response, sent } = await respond({ tools: [search, f], tool_choice });
      expect(sent.tools).toMatchObject([{ function: { name: 'f' } }]);
      expect(response.tools).toEqual([f]);
      expect(answer.headers.get('x-cedalion-ignored')).toBe('tools[0] (web_search)');
    },
  );

  it.each([
    [{ tools: [search] }, 'tools[0].type'],
    [{ tools: [search, f], tool_choice: { type: 'web_search' } }, 'tools[0].type'],
    [{ tools: [f, search], tool_choice: { type: 'allowed_tools', tools: [search] } }, 'tools[1].type'],
    [{ tools: [f, { type: 'file_search' }, search] }, 'tools[1].type'],
  ])('is refused where it is needed, and so are other tools that OpenAI runs: %j', async (json, param) => {
    expect(await refused(json)).toMatchObject({ code: 'unsupported_parameter', param });
  });
});

describe('a field that is the own of a client', () => {
  it('does not reach a host', async () => {
    const { sent } = await respond({
      ...{ client_metadata: { session: 'a' }, background_options: {}, access_programs: {}, image: {} },
      ...{ prompt_cache_key: 'k', include: ['reasoning.encrypted_content'] },
    });
    const messages = [{ role: 'user', content: 'hi' }];
    expect(sent).toEqual({ model: 'tiny-text', messages, prompt_cache_key: 'k' });
  });
});

it('temperature and top_p of a response are numbers', async () => {
  expect((await respond({})).response).toMatchObject({ temperature: 1, top_p: 1 });
  expect((await respond({ temperature: 0, top_p: 0.5 })).response).toMatchObject({ temperature: 0, top_p: 0.5 });
});
