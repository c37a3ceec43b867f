import { expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/call/tasks.ts';
import { toChatBody } from '../../../../src/surfaces/messages/chat-body.ts';
import type { MessagesRequest } from '../../../../src/surfaces/messages/request.ts';
import { randomFrom } from '../../../support/random.ts';

const CONVERSATIONS = 500;

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const TEXTS = ['Hi', 'ü"\\\n', '{"a":1}', ' ', '\u2028', '日本', 'x'.repeat(300)];
const someText = (random: Random) => `${pick(random, TEXTS)}${Math.floor(random() * 1000)}`;
const listOf = <T>(random: Random, most: number, make: () => T, least = 0): T[] =>
  Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, make);

const text = (random: Random) => ({ type: 'text', text: someText(random) });
function userBlock(random: Random): JsonObject {
  const data = btoa(String(random()));
  return pick(random, [
    text(random),
    { type: 'image', source: { type: 'base64', media_type: pick(random, ['image/png', 'image/jpeg']), data } },
    { type: 'image', source: { type: 'url', url: `https://example.com/${random()}.png` } },
    { type: 'document', title: `${random()}.pdf`, source: { type: 'base64', media_type: 'application/pdf', data } },
  ]);
}

/** A conversation as this surface would give it back: each message has blocks, none of them is left out. */
function conversation(random: Random): MessagesRequest {
  const messages: { role: 'user' | 'assistant'; content: JsonObject[] }[] = [];
  let calls: JsonObject[] = [];
  let called = 0;
  for (let turn = 0; turn < 1 + random() * 5; turn++) {
    const results = calls.map(({ id }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: listOf(random, 2, () => pick(random, [text(random), userBlock(random)]), 1),
    }));
    const least = results.length === 0 ? 1 : 0;
    messages.push({ role: 'user', content: [...results, ...listOf(random, 3, () => userBlock(random), least)] });
    calls = listOf(random, 3, () => ({
      ...{ type: 'tool_use', id: `call_${called++}`, name: pick(random, ['f', 'g']) },
      input: pick(random, [{}, { city: someText(random) }, { deep: { list: [1, null, someText(random)] } }]),
    }));
    const said = calls.length === 0 || random() < 0.5 ? [text(random)] : [];
    messages.push({ role: 'assistant', content: [...said, ...calls] });
  }
  const tools = listOf(random, 3, () => ({
    ...{ name: `tool_${random()}`, description: someText(random) },
    input_schema: { type: 'object', properties: { a: { type: 'string' } } },
  }));
  const choice = pick(random, [
    { type: 'auto' as const },
    { type: 'any' as const, disable_parallel_tool_use: true },
    { type: 'tool' as const, name: 'f' },
    { type: 'none' as const },
  ]);
  return {
    ...{ model: 'm', max_tokens: 1 + Math.floor(random() * 999), messages },
    ...(random() < 0.5 && { system: someText(random) }),
    ...(tools.length > 0 && { tools, tool_choice: choice }),
    ...(random() < 0.5 && { stop_sequences: [someText(random)] }),
    ...(random() < 0.5 && { temperature: random(), top_p: random(), top_k: 5 }),
    ...(random() < 0.3 && { output_config: { effort: pick(random, ['low', 'high']) } }),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the body of a chat.
type Json = any;

/** What the chat asks for, in Anthropic's shape: written from the documents of both, not from the code. */
function back({ messages, tools, tool_choice, parallel_tool_calls, stop, reasoning_effort, ...same }: Json): object {
  const [first, ...others] = messages;
  const system = first.role === 'system' ? { system: first.content } : {};
  const found: { role: string; content: Json[] }[] = [];
  for (const message of first.role === 'system' ? others : messages) {
    const { role, content, tool_calls = [], tool_call_id: tool_use_id } = message;
    const blocks = partsOf(content).map(blockOf);
    if (role === 'tool') add('user', [{ type: 'tool_result', tool_use_id, content: blocks }]);
    else if (role === 'user') add('user', blocks);
    else add('assistant', [...blocks, ...tool_calls.map(useOf)]);
  }
  return {
    ...{ ...same, ...system, messages: found },
    ...(tools && {
      tools: tools.map(({ function: { parameters, ...rest } }: Json) => ({ ...rest, input_schema: parameters })),
    }),
    ...(tool_choice && {
      tool_choice: {
        ...choiceOf(tool_choice),
        ...(parallel_tool_calls === false && { disable_parallel_tool_use: true }),
      },
    }),
    ...(stop && { stop_sequences: stop }),
    ...(reasoning_effort && { output_config: { effort: reasoning_effort } }),
  };

  function add(role: string, blocks: Json[]) {
    const last = found.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else found.push({ role, content: [...blocks] });
  }
}

const partsOf = (content: Json): Json[] =>
  content === null ? [] : typeof content === 'string' ? [{ type: 'text', text: content }] : content;
const useOf = ({ id, function: { name, arguments: json } }: Json) => ({
  type: 'tool_use',
  id,
  name,
  input: JSON.parse(json),
});
const CHOICES: Json = { auto: 'auto', required: 'any', none: 'none' };
const choiceOf = (choice: Json) =>
  typeof choice === 'string' ? { type: CHOICES[choice] } : { type: 'tool', name: choice.function.name };

function blockOf(part: Json): Json {
  if (part.type === 'text') return part;
  const url: string = part.image_url?.url ?? part.file.file_data;
  const [, media_type, data] = /^data:(.*?);base64,(.*)$/.exec(url) ?? [];
  const source = data === undefined ? { type: 'url', url } : { type: 'base64', media_type, data };
  return part.type === 'image_url'
    ? { type: 'image', source }
    : { type: 'document', title: part.file.filename, source };
}

it(`gives back the same for ${CONVERSATIONS} random conversations that become chats`, () => {
  for (let seed = 0; seed < CONVERSATIONS; seed++) {
    const sent = conversation(randomFrom(seed));
    expect(back(JSON.parse(JSON.stringify(toChatBody(sent)))), `seed ${seed}`).toEqual(sent);
  }
});
