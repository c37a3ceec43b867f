import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/call/tasks.ts';
import { answerByChat } from '../../../../src/surfaces/messages/answer-by-chat.ts';
import type { MessagesRequest } from '../../../../src/surfaces/messages/request.ts';
import { callFor } from '../../../support/call.ts';
import { randomFrom } from '../../../support/random.ts';

const utf8 = new TextEncoder();
const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) => ({
  choices: [{ index: 0, delta, finish_reason, ...more }],
});
const USAGE = {
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
};
const streamOf = (events: readonly object[]) =>
  [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('');

const REQUEST: MessagesRequest = {
  ...{ model: 'm', max_tokens: 99, stream: true, messages: [{ role: 'user', content: 'Hi' }] },
  ...{ thinking: { type: 'enabled' }, stop_sequences: ['END', 'STOP'] },
};

/** The stream of a message to a chat that arrives in these pieces. The id of the message is left out. */
async function answer(pieces: readonly Uint8Array[], request = REQUEST): Promise<string> {
  const chat = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const call = callFor('text-generation', {});
  const text = await (await answerByChat(request, call, () => new Response(chat))).text();
  return text.replaceAll(/msg_\w+/g, 'msg_1');
}

// biome-ignore lint/suspicious/noExplicitAny: what a client reads.
type Event = any;
const events = (text: string): Event[] =>
  text.split('\n\n').flatMap((block) => {
    const [, name, data] = /^event: (\S+)\ndata: ([^\n]*)$/.exec(block) ?? [];
    return data === undefined ? [] : [{ ...JSON.parse(data), name }];
  });

/** The message that a client makes of a stream. It fails on a block that is not whole, and in its turn. */
function messageOf(text: string): Event {
  let message: Event;
  let open = -1;
  for (const event of events(text)) {
    expect(event.name).toBe(event.type);
    if (event.type === 'message_start') message = event.message;
    if (event.type === 'content_block_start') {
      expect(open).toBe(-1);
      expect(event.index).toBe(message.content.length);
      open = event.index;
      message.content.push({ ...event.content_block, json: '' });
    }
    if (event.type === 'content_block_delta') {
      expect(event.index).toBe(open);
      const { text = '', thinking = '', partial_json = '' } = event.delta;
      const block = message.content[open];
      if (block.type === 'text') block.text += text;
      if (block.type === 'thinking') block.thinking += thinking;
      block.json += partial_json;
    }
    if (event.type === 'content_block_stop') {
      expect(event.index).toBe(open);
      open = -1;
    }
    if (event.type === 'message_delta') Object.assign(message, event.delta, { usage: event.usage });
  }
  for (const block of message.content) {
    if (block.type === 'tool_use' && block.json !== '') block.input = JSON.parse(block.json);
    delete block.json;
  }
  return message;
}

async function whole(message: object, finish_reason: string, more: object = {}): Promise<Event> {
  const chat = { choices: [{ index: 0, message, finish_reason, ...more }], ...USAGE_OF_WHOLE };
  const { stream: _, ...request } = REQUEST;
  return (await answerByChat(request, callFor('text-generation', {}), () => Response.json(chat))).json();
}
const USAGE_OF_WHOLE = { usage: USAGE.usage };

const DELTAS = [
  { role: 'assistant', content: '' },
  { reasoning_content: 'Hm, ü' },
  { content: 'He said: 日本' },
  { content: '\n"ok"\u2028' },
  { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '{"a":' } }] },
  { tool_calls: [{ index: 0, function: { arguments: '"é"}' } }] },
  { tool_calls: [{ index: 1, id: 'call_2', function: { name: 'g', arguments: '' } }] },
];
const EVENTS = [...DELTAS.map((delta) => chunk(delta)), chunk({}, 'tool_calls'), USAGE];
const TEXT = `: keepalive\n\n${streamOf(EVENTS)}`;

/** The end of every event, and every seventh byte: cuts within characters and escapes, too. */
const places = (bytes: Uint8Array): number[] =>
  [...bytes.keys()].filter((at) => at > 0 && (at % 7 === 0 || bytes[at - 1] === 0x0a));

describe('the stream of a message', () => {
  it('has the blocks of the chat in turn, the stop reason and the usage', async () => {
    const text = await answer([utf8.encode(TEXT)]);
    expect(events(text).map(({ type }) => type)).toEqual([
      ...['message_start', 'ping', 'content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
      ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
      ...['content_block_start', 'content_block_stop', 'message_delta', 'message_stop'],
    ]);
    expect(messageOf(text)).toMatchObject({
      ...{ type: 'message', role: 'assistant', model: 'm', stop_reason: 'tool_use', stop_sequence: null },
      content: [
        { type: 'thinking', thinking: 'Hm, ü', signature: '' },
        { type: 'text', text: 'He said: 日本\n"ok"\u2028' },
        { type: 'tool_use', id: 'call_1', name: 'f', input: { a: 'é' } },
        { type: 'tool_use', id: 'call_2', name: 'g', input: {} },
      ],
      usage: { input_tokens: 5, cache_read_input_tokens: 4, cache_creation_input_tokens: 0, output_tokens: 3 },
    });
  });

  it('is the same wherever that of the host is cut into pieces', async () => {
    const bytes = utf8.encode(TEXT);
    const complete = await answer([bytes]);
    for (const at of places(bytes)) {
      expect(await answer([bytes.slice(0, at), bytes.slice(at)]), `cut at ${at}`).toBe(complete);
    }
    expect(await answer([...bytes].map((byte) => Uint8Array.of(byte)))).toBe(complete);
  });

  it('never completes, wherever the host breaks off, and ends with an error', async () => {
    const bytes = utf8.encode(TEXT);
    const end = utf8.encode(TEXT.slice(0, TEXT.indexOf('[DONE]'))).length + '[DONE]'.length;
    for (const at of [...places(bytes).filter((at) => at < end), end - 1]) {
      const text = await answer([bytes.slice(0, at)]);
      const all = events(text);
      expect(text, `cut at ${at}`).not.toMatch(/message_stop|message_delta/);
      expect(all.at(-1), `cut at ${at}`).toMatchObject({
        type: 'error',
        error: { type: 'api_error' },
        request_id: 'req_test',
      });
    }
  });

  it.each([
    [{ error: { code: 'upstream_overloaded', message: 'Full.' } }, 'overloaded_error'],
    [{ error: { code: 'rate_limit_exceeded', message: 'Slow.' } }, 'rate_limit_error'],
    [{ error: { message: 'Broken.' } }, 'api_error'],
  ])('ends with the error of a host that says %j', async (event, type) => {
    const text = await answer([
      utf8.encode(streamOf([chunk({ content: 'a' }), event, chunk({ content: 'b' }, 'stop')])),
    ]);
    expect(events(text).at(-1)).toMatchObject({ type: 'error', error: { type, message: event.error.message } });
    expect(text).not.toContain('message_stop');
  });

  it('has the pages that the chat cites, complete and as a stream', async () => {
    const url_citation = { start_index: 0, end_index: 3, url: 'https://example.com/', title: 'An example' };
    const annotations = [
      { type: 'url_citation', url_citation },
      { type: 'file_citation', file_citation: { file_id: 'file-1' } },
    ];
    const citation = {
      ...{ type: 'web_search_result_location', cited_text: 'One', encrypted_index: '' },
      ...{ title: 'An example', url: 'https://example.com/' },
    };
    const content = [{ type: 'text', text: 'One two', citations: [citation] }];
    expect(await whole({ content: 'One two', annotations }, 'stop')).toMatchObject({ content });
    const [text, cited] = [chunk({ content: 'One two' }), chunk({ annotations })];
    for (const sent of [
      [text, cited],
      [cited, text],
    ]) {
      const all = events(await answer([utf8.encode(streamOf([...sent, chunk({}, 'stop')]))]));
      const deltas = all.filter(({ type }) => type === 'content_block_delta').map(({ delta }) => delta);
      expect(deltas).toEqual([
        { type: 'text_delta', text: 'One two' },
        { type: 'citations_delta', citation },
      ]);
    }
  });

  it('has no thoughts if the client does not ask for them', async () => {
    const { thinking: _, ...request } = REQUEST;
    const { content } = messageOf(await answer([utf8.encode(TEXT)], request));
    expect(content.map(({ type }: Event) => type)).toEqual(['text', 'tool_use', 'tool_use']);
  });

  it('fails if a call goes on after its end', async () => {
    const deltas = [...DELTAS, { tool_calls: [{ index: 0, function: { arguments: '{"b":1}' } }] }];
    const text = await answer([utf8.encode(streamOf([...deltas.map((delta) => chunk(delta)), chunk({}, 'stop')]))]);
    expect(events(text).at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_invalid_answer' } });
  });
});

describe('the calls of a message', () => {
  const CALLS = [
    { name: 'f', arguments: '{"text":"a } b { c"}' },
    { name: 'g', arguments: '{}' },
    { name: 'f', arguments: '{"deep":{"list":[1,{"x":"}"}]}}' },
  ];

  it.each([
    ['with indexes and ids, one after the other', { ids: true, indexes: true, alternate: false }],
    ['with indexes and ids, in parallel', { ids: true, indexes: true, alternate: true }],
    ['without ids, in parallel', { ids: false, indexes: true, alternate: true }],
    ['without ids and indexes, one after the other', { ids: false, indexes: false, alternate: false }],
  ])('arrive whole in pieces, %s', async (_, { ids, indexes, alternate }) => {
    const random = randomFrom(ids ? 1 : 2);
    for (let round = 0; round < 40; round++) {
      const pieces = CALLS.map((call, index) => {
        const head = { ...(indexes && { index }), ...(ids && { id: `call_${index}` }), type: 'function' };
        const cut = cuts(call.arguments, random);
        return cut.map((json, i) => ({
          ...(i === 0 ? head : indexes ? { index } : {}),
          function: { ...(i === 0 && { name: call.name }), arguments: json },
        }));
      });
      const all: JsonObject[] = [];
      while (pieces.some(({ length }) => length > 0)) {
        const waiting = pieces.filter(({ length }) => length > 0);
        // The first piece of each call comes in its turn.
        const at = alternate ? Math.floor(random() * waiting.length) : 0;
        all.push((waiting[at] as JsonObject[]).shift() as JsonObject);
      }
      const sent = [chunk({ content: ' \n' }), ...all.map((call) => chunk({ tool_calls: [call] })), chunk({}, 'stop')];
      const { content, stop_reason } = messageOf(await answer([utf8.encode(streamOf(sent))]));
      expect(stop_reason).toBe('tool_use');
      const found = content.map(({ name, input }: Event) => JSON.stringify([name, input])).sort();
      expect(found).toEqual(CALLS.map(({ name, arguments: json }) => JSON.stringify([name, JSON.parse(json)])).sort());
      if (ids) expect(new Set(content.map(({ id }: Event) => id))).toEqual(new Set(['call_0', 'call_1', 'call_2']));
    }
  });

  it('keep arguments that are not JSON, where a message must have an object', async () => {
    const calls = [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a": tru' } }];
    const { content } = await whole({ content: null, tool_calls: calls }, 'tool_calls');
    expect(content).toEqual([{ type: 'tool_use', id: 'call_1', name: 'f', input: { INVALID_JSON: '{"a": tru' } }]);
  });
});

/** A text in pieces, some of them empty. */
function cuts(text: string, random: () => number): string[] {
  const pieces: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const length = Math.floor(random() * 4);
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return pieces;
}

describe('the stop reason of a message', () => {
  it.each([
    ['end_turn', null, 'stop', {}],
    ['end_turn', null, 'eos', {}],
    ['max_tokens', null, 'length', {}],
    ['model_context_window_exceeded', null, 'model_length', {}],
    ['refusal', null, 'content_filter', {}],
    ['stop_sequence', 'STOP', 'stop', { stop_reason: 'STOP' }],
    ['stop_sequence', 'END', 'stop', { matched_stop: 'END' }],
    ['end_turn', null, 'stop', { stop_reason: 2 }],
    ['end_turn', null, 'stop', { stop_reason: 'OTHER' }],
  ])('is %s (%s) for a host that says %s %j, also in a stream', async (stop_reason, stop_sequence, reason, more) => {
    const expected = { stop_reason, stop_sequence, content: [{ type: 'text', text: 'a' }] };
    expect(await whole({ content: 'a' }, reason, more)).toMatchObject(expected);
    const sent = [chunk({ content: 'a' }), chunk({}, reason, more)];
    expect(messageOf(await answer([utf8.encode(streamOf(sent))]))).toMatchObject(expected);
  });

  it('is refusal for a host that refuses', async () => {
    const expected = { stop_reason: 'refusal', content: [{ type: 'text', text: 'No.' }] };
    expect(await whole({ content: null, refusal: 'No.' }, 'stop')).toMatchObject(expected);
  });
});
