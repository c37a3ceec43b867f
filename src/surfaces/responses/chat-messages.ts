import type { JsonObject } from '../../call/tasks.ts';
import { invalid, requireText, unsupported } from '../chat/unsupported.ts';
import { chatContent, chatText } from './chat-content.ts';
import { CUSTOM_INPUT } from './chat-tools.ts';
import { itemsOf, type ResponseRequest } from './request.ts';
import { chatName } from './tool-names.ts';
import { type Message, messagesInTurns, type Turned } from './turns.ts';

const ROLES: readonly unknown[] = ['user', 'assistant', 'system', 'developer'];

/**
 * The conversation as chat messages, in the order that hosts require. Reasoning is left out, since it is a
 * host's own.
 *
 * @throws ApiError `invalid_parameter` or `unsupported_parameter`, which names the item
 */
export function chatMessages(request: ResponseRequest): Message[] {
  const messages: Message[] = [];
  if (request.instructions) messages.push({ role: 'system', content: request.instructions });
  if (typeof request.input === 'string') return [...messages, { role: 'user', content: request.input }];
  const items = itemsOf(request).flatMap((item, i) => turnedItem(item, `input[${i}]`));
  return [...messages, ...messagesInTurns(items)];
}

function turnedItem(item: JsonObject, path: string): Turned[] {
  switch (item.type ?? 'message') {
    case 'message':
      return [{ kind: 'message', message: messageOf(item, path) }];
    case 'function_call':
    case 'custom_tool_call':
      return [{ kind: 'call', id: requireText(item.call_id, `${path}.call_id`), call: callOf(item, path) }];
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [{ kind: 'result', id: requireText(item.call_id, `${path}.call_id`), message: resultOf(item, path) }];
    case 'image_generation_call':
    case 'reasoning':
      return [];
    default:
      throw unsupported(`${path}.type`);
  }
}

function messageOf({ role, content }: JsonObject, path: string): Message {
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    throw invalid(`${path}.role`, `must be one of ${ROLES.join(', ')}`);
  }
  if (role === 'assistant') return { role, content: chatText(content, `${path}.content`) };
  // Chat templates of open models do not know `developer`.
  return { role: role === 'user' ? role : 'system', content: chatContent(content, `${path}.content`) };
}

function callOf({ type, call_id: id, name, namespace, arguments: json, input }: JsonObject, path: string): JsonObject {
  const own = { name: requireText(name, `${path}.name`) };
  const isCustom = type === 'custom_tool_call';
  return {
    id,
    type: 'function',
    function: {
      name: chatName(typeof namespace === 'string' ? { ...own, namespace } : own),
      arguments: isCustom
        ? JSON.stringify({ [CUSTOM_INPUT]: requireText(input, `${path}.input`) })
        : requireText(json, `${path}.arguments`),
    },
  };
}

function resultOf({ call_id, output }: JsonObject, path: string): Message {
  return { role: 'tool', tool_call_id: call_id, content: chatContent(output, `${path}.output`) };
}
