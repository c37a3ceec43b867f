import type { JsonObject } from '../../call/tasks.ts';
import { chatContent, chatText } from './chat-content.ts';
import { itemsOf, type ResponseRequest } from './request.ts';
import { invalid, requireText, unsupported } from './unsupported.ts';

interface Message extends JsonObject {
  role: string;
  content?: unknown;
  tool_calls?: JsonObject[];
}

const ROLES: readonly unknown[] = ['user', 'assistant', 'system', 'developer'];

/**
 * The conversation as chat messages. Function calls belong to the message of the assistant before them; reasoning is left
 * out, since it is a host's own.
 *
 * @throws ApiError `invalid_parameter` or `unsupported_parameter`, which names the item
 */
export function chatMessages(request: ResponseRequest): Message[] {
  const messages: Message[] = [];
  if (request.instructions) messages.push({ role: 'system', content: request.instructions });
  if (typeof request.input === 'string') return [...messages, { role: 'user', content: request.input }];
  for (const [i, item] of itemsOf(request).entries()) addItem(messages, item, `input[${i}]`);
  return messages;
}

function addItem(messages: Message[], item: JsonObject, path: string): void {
  const { type = 'message' } = item;
  if (type === 'message') addMessage(messages, messageOf(item, path));
  else if (type === 'function_call') callsOf(messages).push(callOf(item, path));
  else if (type === 'function_call_output') messages.push(resultOf(item, path));
  else if (type !== 'reasoning') throw unsupported(`${path}.type`);
}

/** What the assistant says beside its calls is of the same message: their results must follow it. */
function addMessage(messages: Message[], message: Message): void {
  const last = messages.at(-1);
  if (message.role === 'assistant' && last?.tool_calls && last.content === null) last.content = message.content;
  else messages.push(message);
}

function messageOf({ role, content }: JsonObject, path: string): Message {
  if (!ROLES.includes(role)) throw invalid(`${path}.role`, `must be one of ${ROLES.join(', ')}`);
  if (role === 'assistant') return { role, content: chatText(content, `${path}.content`) };
  // Chat templates of open models do not know `developer`.
  return { role: role === 'user' ? role : 'system', content: chatContent(content, `${path}.content`) };
}

/** The calls of the assistant's last message. */
function callsOf(messages: Message[]): JsonObject[] {
  let last = messages.at(-1);
  if (last?.role !== 'assistant') {
    last = { role: 'assistant', content: null };
    messages.push(last);
  }
  last.tool_calls ??= [];
  return last.tool_calls;
}

function callOf({ call_id, name, arguments: json }: JsonObject, path: string): JsonObject {
  return {
    id: requireText(call_id, `${path}.call_id`),
    type: 'function',
    function: { name: requireText(name, `${path}.name`), arguments: requireText(json, `${path}.arguments`) },
  };
}

function resultOf({ call_id, output }: JsonObject, path: string): Message {
  const content = chatContent(output, `${path}.output`);
  return { role: 'tool', tool_call_id: requireText(call_id, `${path}.call_id`), content };
}
