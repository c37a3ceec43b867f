import { failureIn, type Gateway, type Json, readStream, type Seen, type Surface, send, whole } from './surface.ts';
import { TOOL_PICTURE } from './texts.ts';

/** Messages in which the model calls tools. */

const path = '/v1/messages';
const tools = [{ name: 'weather', input_schema: { type: 'object' } }];
const user = (content: unknown) => ({ role: 'user', content });
const body = (model: string, messages: readonly object[]) => ({ model, max_tokens: 99, tools, messages });
const asked = [user('Weather?')];

type Block = Json;
const isCall = ({ type }: Block) => type === 'tool_use';
function callsIn({ content }: Json): Omit<Seen, 'status'> {
  const calls = content.filter(isCall);
  const ids = new Set(calls.map(({ id }: Block) => id));
  if (ids.size < calls.length || ids.has('')) throw new Error(`The calls have the ids ${[...ids]}.`);
  return { text: calls.map(({ name, input }: Block) => `${name}(${JSON.stringify(input)})`).join(' ') };
}
const textIn = ({ content }: Json) => ({ text: content.map(({ text }: Block) => text ?? '').join('') });

/** The message that a stream is, as SDKs put it together. */
async function streamedMessage(gateway: Gateway, request: object): Promise<Seen & { readonly content: Block[] }> {
  const answer = await send(gateway, path, { ...request, stream: true });
  const failure = failureIn(answer);
  const content: Block[] = [];
  if (failure) return { ...failure, content };
  const inputs: string[] = [];
  const end = readStream(answer.text, ({ type, index, content_block, delta }) => {
    if (type === 'content_block_start') content[index] = { ...content_block };
    if (delta?.type === 'text_delta') content[index].text += delta.text;
    if (delta?.type === 'input_json_delta') inputs[index] = (inputs[index] ?? '') + delta.partial_json;
    return { isLast: type === 'message_stop' };
  });
  for (const [i, input] of inputs.entries()) if (input !== undefined) content[i].input = JSON.parse(input || '{}');
  return { status: answer.status, ...end, content };
}

const calls: Surface = {
  name: 'calls of a message',
  paths: [path],
  asks: 'calls',
  ask: (gateway, model) => whole(gateway, path, body(model, asked), callsIn),
};
const callsStream: Surface = {
  name: 'calls of a stream of a message',
  paths: [path],
  asks: 'calls stream',
  async ask(gateway, model) {
    const { content, ...seen } = await streamedMessage(gateway, body(model, asked));
    return { ...seen, ...callsIn({ content }) };
  },
};
/** What the user said meanwhile is in the message with the results. */
const turn: Surface = {
  name: 'next turn of a message',
  paths: [path],
  asks: 'turn',
  async ask(gateway, model) {
    const { content } = await streamedMessage(gateway, body(model, asked));
    const results = content
      .filter(isCall)
      .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'sunny' }));
    const all = [...asked, { role: 'assistant', content }, user([...results, { type: 'text', text: 'Hurry!' }])];
    return whole(gateway, path, body(model, all), textIn);
  },
};

const [, data = ''] = TOOL_PICTURE.split(',');
const pictureMessages = [
  ...asked,
  { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: {} }] },
  user([
    {
      type: 'tool_result',
      tool_use_id: 'call_1',
      content: [
        { type: 'text', text: 'It looks so:' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
      ],
    },
  ]),
];
const pictures: Surface = {
  name: 'pictures of tools in a message',
  paths: [path],
  asks: 'tool pictures',
  ask: (gateway, model) => whole(gateway, path, body(model, pictureMessages), textIn),
};
const picturesStream: Surface = {
  name: 'pictures of tools in a stream of a message',
  paths: [path],
  asks: 'tool pictures stream',
  async ask(gateway, model) {
    const { content, ...seen } = await streamedMessage(gateway, body(model, pictureMessages));
    return { ...seen, ...textIn({ content }) };
  },
};

export const messageToolSurfaces: readonly Surface[] = [calls, callsStream, turn, pictures, picturesStream];
