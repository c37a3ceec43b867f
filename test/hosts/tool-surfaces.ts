import { failureIn, type Gateway, type Json, readStream, type Seen, type Surface, send, whole } from './surface.ts';
import { chatMessage, TOOL_PICTURE } from './texts.ts';

/** Chats in which the model calls tools: the calls, the turn after them, and tools that return pictures. */

const path = '/v1/responses';
const tools = [{ type: 'function', name: 'weather', parameters: { type: 'object' } }];
const chatTools = tools.map(({ type, ...own }) => ({ type, function: own }));
const input = [{ role: 'user', content: 'Weather?' }];

type Item = Json;
const callsOf = (calls: readonly { name: string; arguments: string }[]) => ({
  text: calls.map((call) => `${call.name}(${call.arguments})`).join(' '),
});
const callsIn = ({ output }: Json) => callsOf(output.filter(({ type }: Item) => type === 'function_call'));

async function firstTurn(gateway: Gateway, model: string, store: boolean): Promise<Json> {
  const answer = await send(gateway, path, { model, tools, input, store, stream: true });
  let response: Json;
  readStream(answer.text, (event) => {
    if (event.type === 'response.completed') response = event.response;
    return {};
  });
  if (!response) throw new Error(`The first turn is not complete: ${answer.text}`);
  return response;
}

const outputsOf = (response: Json) =>
  response.output
    .filter(({ type }: Item) => type === 'function_call')
    .map(({ call_id }: Item) => ({ type: 'function_call_output', call_id, output: 'sunny' }));
const textIn = ({ output }: Json) => ({
  text: output
    .filter(({ type }: Item) => type === 'message')
    .flatMap(({ content }: Item) => content.map(({ text }: Item) => text))
    .join(''),
});

const calls: Surface = {
  name: 'calls of a response',
  paths: [path],
  asks: 'calls',
  ask: (gateway, model) => whole(gateway, path, { model, tools, input }, callsIn),
};
const callsStream: Surface = {
  name: 'calls of a stream of a response',
  paths: [path],
  asks: 'calls stream',
  ask: async (gateway, model) => ({ status: 200, ...callsIn(await firstTurn(gateway, model, false)) }),
};
const collectedCalls: Surface = {
  name: 'calls of a collected chat',
  paths: ['/v1/chat/completions'],
  asks: 'calls stream',
  isCollected: true,
  ask: (gateway, model) =>
    whole(gateway, '/v1/chat/completions', { model, messages: input, tools: chatTools }, ({ choices }) => {
      const { tool_calls } = choices[0].message;
      const ids = new Set(tool_calls.map(({ id }: Item) => id));
      if (ids.size < tool_calls.length || ids.has('')) throw new Error(`The calls have the ids ${[...ids]}.`);
      return callsOf(tool_calls.map((call: Item) => call.function));
    }),
};

/** The items of the turn are sent back, with what the user said meanwhile. */
const turnOfItems: Surface = {
  name: 'next turn of a response',
  paths: [path],
  asks: 'turn',
  async ask(gateway, model) {
    const first = await firstTurn(gateway, model, false);
    const hurry = { role: 'user', content: 'Hurry!' };
    const all = [...input, ...first.output, hurry, ...outputsOf(first)];
    return whole(gateway, path, { model, tools, input: all }, textIn);
  },
};
const turnByReference: Surface = {
  name: 'next turn by previous_response_id',
  paths: [path],
  asks: 'turn',
  async ask(gateway, model) {
    const first = await firstTurn(gateway, model, true);
    return whole(gateway, path, { model, tools, input: outputsOf(first), previous_response_id: first.id }, textIn);
  },
};

const called = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
const pictureMessages = [
  ...input,
  { role: 'assistant', tool_calls: [called] },
  {
    role: 'tool',
    tool_call_id: 'call_1',
    content: [
      { type: 'text', text: 'It looks so:' },
      { type: 'image_url', image_url: { url: TOOL_PICTURE } },
    ],
  },
];
const pictureItems = [
  ...input,
  { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
  {
    type: 'function_call_output',
    call_id: 'call_1',
    output: [
      { type: 'input_text', text: 'It looks so:' },
      { type: 'input_image', image_url: TOOL_PICTURE },
    ],
  },
];
const picturesInChat: Surface = {
  name: 'pictures of tools in a chat',
  paths: ['/v1/chat/completions'],
  asks: 'tool pictures',
  ask: (gateway, model) => whole(gateway, '/v1/chat/completions', { model, messages: pictureMessages }, chatMessage),
};
const picturesInResponse: Surface = {
  name: 'pictures of tools in a response',
  paths: [path],
  asks: 'tool pictures',
  ask: (gateway, model) => whole(gateway, path, { model, input: pictureItems }, textIn),
};
const picturesInStream: Surface = {
  name: 'pictures of tools in a stream of a response',
  paths: [path],
  asks: 'tool pictures stream',
  async ask(gateway, model): Promise<Seen> {
    const answer = await send(gateway, path, { model, input: pictureItems, stream: true });
    const failure = failureIn(answer);
    if (failure) return failure;
    let seen: Seen = { status: answer.status, isOpen: true };
    readStream(answer.text, ({ type, response }) => {
      if (type === 'response.completed') seen = { status: answer.status, ...textIn(response) };
      return {};
    });
    return seen;
  },
};

export const toolSurfaces: readonly Surface[] = [
  calls,
  callsStream,
  collectedCalls,
  turnOfItems,
  turnByReference,
  picturesInChat,
  picturesInResponse,
  picturesInStream,
];
