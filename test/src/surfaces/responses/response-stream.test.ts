import { describe, expect, it } from 'vitest';
import { beginResponse } from '../../../../src/surfaces/responses/response.ts';
import { streamResponse } from '../../../../src/surfaces/responses/response-stream.ts';
import { callFor } from '../../../support/call.ts';

const EVENTS = [
  { role: 'assistant', content: '' },
  { reasoning_content: 'Hm, ü' },
  { content: 'He said: 日本' },
  { content: '\n"ok"\u2028' },
  { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '{"a":' } }] },
  { tool_calls: [{ index: 0, function: { arguments: '"é"}' } }] },
];
const chunk = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const USAGE = { choices: [], usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 } };
const TEXT = `: keepalive\n\n${[...EVENTS.map((delta) => chunk(delta)), chunk({}, 'tool_calls'), USAGE]
  .map((event) => `data: ${JSON.stringify(event)}\n\n`)
  .join('')}data: [DONE]\n\n`;

const utf8 = new TextEncoder();

/** The stream of a response to a chat that arrives in these pieces. Times are left out. */
async function answer(pieces: readonly Uint8Array[], call = callFor('text-generation', {})): Promise<string> {
  const chat = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const resolved = { request: { model: 'm', input: 'hi' }, continues: null };
  const response = beginResponse(resolved, { id: 'resp_1', createdAt: 1, model: 'm' });
  const text = await streamResponse(chat, response, call).text();
  return text.replaceAll(/"completed_at":\d+/g, '"completed_at":0');
}

interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly response?: { status: string; output: { type: string; status: string }[]; error: { code: string } | null };
}
const events = (text: string): Event[] =>
  text.split('\n\n').flatMap((block) => {
    const [, name, data] = /^event: (\S+)\ndata: ([^\n]*)$/.exec(block) ?? [];
    return data === undefined ? [] : [{ ...JSON.parse(data), name }];
  });

describe('the stream of a response', () => {
  const bytes = utf8.encode(TEXT);

  it('has the citations and the pictures of the chat', async () => {
    const citation = { start_index: 0, end_index: 3, url: 'https://example.com/', title: 'An example' };
    const deltas = [
      { content: 'One' },
      { annotations: [{ type: 'url_citation', url_citation: citation }] },
      { images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } }] },
    ];
    const sent = [...deltas.map((delta) => chunk(delta)), chunk({}, 'stop')];
    const all = events(
      await answer([
        utf8.encode(`${sent.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`),
      ]),
    );
    const annotation = { type: 'url_citation', ...citation };
    expect(all).toContainEqual(
      expect.objectContaining({ type: 'response.output_text.annotation.added', annotation_index: 0, annotation }),
    );
    expect(all.at(-1)?.response?.output).toMatchObject([
      { type: 'message', content: [{ text: 'One', annotations: [annotation] }] },
      { type: 'image_generation_call', status: 'completed', result: 'iVBORw0K' },
    ]);
  });

  it.each([
    ['text', [{ content: 'a' }], ['incomplete']],
    ['call', [{ content: 'a' }, { tool_calls: [{ index: 0, function: { name: 'f' } }] }], ['completed', 'incomplete']],
  ])(
    'ends with a %s that is incomplete at the limit of tokens, and what came before it is complete',
    async (_, deltas, statuses) => {
      const sent = [...deltas.map((delta) => chunk(delta)), chunk({}, 'length')];
      const text = `${sent.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
      const last = events(await answer([utf8.encode(text)])).at(-1);
      expect(last?.type).toBe('response.incomplete');
      expect(last?.response?.output.map(({ status }) => status)).toEqual(statuses);
    },
  );

  it('has nothing that the host sends after its end', async () => {
    const more = `data: ${JSON.stringify(chunk({ content: 'more' }))}\n\ndata: [DONE]\n\n`;
    expect(await answer([bytes, utf8.encode(more)])).toBe(await answer([bytes]));
  });

  it('is the same wherever that of the host is cut into pieces', async () => {
    const whole = await answer([bytes]);
    expect(events(whole).at(-1)?.type).toBe('response.completed');
    expect(
      events(whole)
        .at(-1)
        ?.response?.output.map(({ type }) => type),
    ).toEqual([...['reasoning', 'message', 'function_call']]);
    // A comment is passed on where it comes, so not within the first events.
    const withoutComments = (text: string) => text.replaceAll(/^: .*\n\n/gm, '');
    for (let at = 1; at < bytes.length; at++) {
      const cut = await answer([bytes.slice(0, at), bytes.slice(at)]);
      expect(withoutComments(cut), `cut at ${at}`).toBe(withoutComments(whole));
    }
    expect(withoutComments(await answer([...bytes].map((byte) => Uint8Array.of(byte))))).toBe(withoutComments(whole));
    expect(whole).toContain(': keepalive\n\n');
  });

  it('never ends as completed if that of the host ends early, wherever', async () => {
    for (let at = 0; at < bytes.length - 2; at++) {
      const call = callFor('text-generation', {});
      const all = events(await answer([bytes.slice(0, at)], call));
      const last = all.at(-1);
      expect(last?.type, `cut at ${at}`).toBe('response.failed');
      expect(last?.response).toMatchObject({ status: 'failed', error: { code: 'upstream_stream_cut' } });
      expect(last?.response?.output.every(({ status }) => status !== 'in_progress')).toBe(true);
      expect(all.map(({ sequence_number }) => sequence_number)).toEqual(all.map((_, i) => i));
      expect(call.outcome.error).toBe('upstream_stream_cut');
    }
  });

  it('has event names that are the types, and one more than the numbers before', async () => {
    const all = events(await answer([bytes]));
    for (const event of all) expect(event).toMatchObject({ name: event.type });
    expect(all.map(({ sequence_number }) => sequence_number)).toEqual(all.map((_, i) => i));
  });

  it('fails with the error of the gateway, also within an event that was cut', async () => {
    const error = { message: 'The host was cut.', type: 'upstream_error', param: null, code: 'upstream_error' };
    const text = `data: ${JSON.stringify(chunk({ content: 'a' }))}\n\ndata: ${JSON.stringify({ choices: [], error })}\n\n`;
    const last = events(await answer([utf8.encode(text)])).at(-1);
    expect(last).toMatchObject({ type: 'response.failed', response: { error: { code: 'upstream_error' } } });
  });

  it('fails if an event of the host is not one of a chat', async () => {
    for (const event of [
      { choices: [{ delta: { tool_calls: 1 } }] },
      { choices: [{ delta: { tool_calls: [null] } }] },
    ]) {
      const last = events(await answer([utf8.encode(`data: ${JSON.stringify(event)}\n\n`)])).at(-1);
      expect(last).toMatchObject({ type: 'response.failed', response: { error: { code: 'upstream_invalid_answer' } } });
    }
  });

  it('fails, and closes the request, if there is too much text', async () => {
    const call = callFor('text-generation', {});
    const piece = utf8.encode(`data: ${JSON.stringify(chunk({ content: 'x'.repeat(1024 * 1024) }))}\n\n`);
    const last = events(await answer(Array(9).fill(piece), call)).at(-1);
    expect(last).toMatchObject({ type: 'response.failed', response: { error: { code: 'upstream_answer_too_large' } } });
    expect(call.cancellation.reason?.code).toBe('upstream_answer_too_large');
  });

  it.each([
    [{ error: 'CUDA out of memory' }, { code: 'upstream_error', message: 'CUDA out of memory' }],
    [{ error: { message: 'No.', code: null } }, { code: 'upstream_error', message: 'No.' }],
    [{ error: { code: 500 } }, { code: 'upstream_error', message: expect.any(String) }],
    [{ error: { message: 'No.', code: 'busy' } }, { code: 'busy', message: 'No.' }],
  ])('fails with the error of its host, whatever its shape: %j', async (event, error) => {
    const text = `data: ${JSON.stringify(chunk({ content: 'Hi' }))}\n\ndata: ${JSON.stringify(event)}\n\n`;
    const { response } = events(await answer([utf8.encode(text)])).at(-1) ?? {};
    expect(response).toMatchObject({ status: 'failed', error });
  });

  it.each([
    [
      'without an index',
      [
        { id: 'a', function: { name: 'f', arguments: '1' } },
        { function: { arguments: '2' } },
        { id: 'b', function: { name: 'g', arguments: '3' } },
      ],
      [
        ['a', 'f', '12'],
        ['b', 'g', '3'],
      ],
    ],
    [
      'that all have the same index',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '1' } },
        { index: 0, id: 'b', function: { name: 'f', arguments: '2' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '3' } },
      ],
      [
        ['a', 'f', '13'],
        ['b', 'f', '2'],
      ],
    ],
    [
      'with a new id in each piece',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '1' } },
        { index: 0, id: 'b', function: { arguments: '2' } },
      ],
      [['a', 'f', '12']],
    ],
    [
      'with a name that comes later',
      [
        { index: 0, id: 'a' },
        { index: 0, function: { name: 'f', arguments: '1' } },
      ],
      [['a', 'f', '1']],
    ],
    [
      'without ids, all with the same index',
      [
        { index: 0, id: '', function: { name: 'f', arguments: '{"a":' } },
        { index: 0, id: '', function: { arguments: '1}' } },
        { index: 0, id: '', function: { name: 'f', arguments: '{"a":2}' } },
      ],
      [
        [expect.stringMatching(/^call_./), 'f', '{"a":1}'],
        [expect.stringMatching(/^call_./), 'f', '{"a":2}'],
      ],
    ],
    [
      'without ids and indexes',
      [
        { function: { name: 'f', arguments: '{}' } },
        { function: { name: 'g', arguments: '{"a":' } },
        { function: { arguments: '{}}' } },
      ],
      [
        [expect.stringMatching(/^call_./), 'f', '{}'],
        [expect.stringMatching(/^call_./), 'g', '{"a":{}}'],
      ],
    ],
    [
      'that all have the same id and index',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
        { index: 0, id: 'a', function: { name: 'g', arguments: '{"b":1}' } },
      ],
      [
        ['a', 'f', '{}'],
        [expect.stringMatching(/^call_./), 'g', '{"b":1}'],
      ],
    ],
    [
      'with the name in each piece',
      [
        { index: 0, function: { name: 'f', arguments: '{"a":' } },
        { index: 0, function: { name: 'f', arguments: '1}' } },
      ],
      [[expect.stringMatching(/^call_./), 'f', '{"a":1}']],
    ],
    [
      'after a piece without a function',
      [
        { index: 0, function: null },
        { index: 0, id: 'a', type: 'function', function: null },
        { index: 0, function: { name: 'f', arguments: null } },
        { index: 0, function: { arguments: '{}' } },
        { index: 0, id: null, function: null },
      ],
      [['a', 'f', '{}']],
    ],
    [
      'with arguments that are no text',
      [{ index: 0, id: 'a', function: { name: 'f', arguments: { b: 1 } } }],
      [['a', 'f', '{"b":1}']],
    ],
  ])('assembles function calls %s', async (_, calls, expected) => {
    const text = calls.map((call) => `data: ${JSON.stringify(chunk({ tool_calls: [call] }))}\n\n`).join('');
    const { response } = events(await answer([utf8.encode(`${text}data: [DONE]\n\n`)])).at(-1) ?? {};
    const output = response?.output as unknown as { call_id: string; name: string; arguments: string }[];
    expect(output.map(({ call_id, name, arguments: json }) => [call_id, name, json])).toEqual(expected);
  });

  const TWO_CALLS = [
    { content: '\n' },
    { content: 'I ask' },
    { content: ' two.' },
    { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] },
    { content: '\n' },
    { content: '\n ' },
    { tool_calls: [{ index: 1, id: 'b', function: { name: 'f', arguments: '{}' } }] },
    { content: '\n' },
  ];
  const sse = (deltas: readonly object[]) =>
    utf8.encode(`${deltas.map((delta) => `data: ${JSON.stringify(chunk(delta))}\n\n`).join('')}data: [DONE]\n\n`);

  it('has no message of white space beside calls', async () => {
    const { response } = events(await answer([sse(TWO_CALLS)])).at(-1) ?? {};
    expect(response?.output).toMatchObject([
      { type: 'message', content: [{ text: '\nI ask two.' }] },
      { type: 'function_call', call_id: 'a' },
      { type: 'function_call', call_id: 'b' },
    ]);
  });

  it.each([
    ['alone', [{ content: ' ' }, { content: '\n' }], [{ type: 'message', content: [{ text: ' \n' }] }]],
    [
      'after reasoning',
      [{ reasoning: 'Hm.' }, { content: '\n' }],
      [{ type: 'reasoning' }, { type: 'message', content: [{ text: '\n' }] }],
    ],
  ])('keeps white space %s', async (_, deltas, expected) => {
    const { response } = events(await answer([sse(deltas)])).at(-1) ?? {};
    expect(response?.output).toMatchObject(expected);
  });
});
