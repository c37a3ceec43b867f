import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { invalid, requireText, unsupported } from '../chat/unsupported.ts';
import { blocksOf, chatContent } from './chat-blocks.ts';
import type { MessageParam, MessagesRequest } from './request.ts';

/**
 * The conversation as chat messages. What the model thought is left out, since it is a host's own.
 *
 * @throws ApiError `invalid_parameter` or `unsupported_parameter`, which names the block
 */
export function chatMessages({ system, messages }: MessagesRequest): JsonObject[] {
  const chat = messages.flatMap((message, i) => chatMessage(message, `messages[${i}]`));
  const instructions = system === undefined ? '' : systemText(system, 'system');
  return instructions === '' ? chat : [{ role: 'system', content: instructions }, ...chat];
}

/** Chat templates of open models take one text. */
function systemText(content: unknown, path: string): string {
  if (typeof content === 'string') return content;
  return blocksOf(content, path)
    .map(({ type, text }, i) => {
      if (type !== 'text') throw unsupported(`${path}[${i}].type`);
      return requireText(text, `${path}[${i}].text`);
    })
    .join('\n\n');
}

function chatMessage({ role, content }: MessageParam, path: string): JsonObject[] {
  if (typeof content === 'string') return [{ role, content }];
  if (role === 'system') return [{ role, content: systemText(content, `${path}.content`) }];
  return role === 'assistant' ? assistantMessage(content, `${path}.content`) : userMessages(content, `${path}.content`);
}

function assistantMessage(content: readonly JsonObject[], path: string): JsonObject[] {
  const texts: string[] = [];
  const calls: JsonObject[] = [];
  blocksOf(content, path).forEach((block, i) => {
    const at = `${path}[${i}]`;
    if (block.type === 'text') texts.push(requireText(block.text, `${at}.text`));
    else if (block.type === 'tool_use') calls.push(chatCall(block, at));
    else if (block.type !== 'thinking' && block.type !== 'redacted_thinking') throw unsupported(`${at}.type`);
  });
  const text = texts.join('');
  if (calls.length > 0) return [{ role: 'assistant', content: text === '' ? null : text, tool_calls: calls }];
  // Thoughts alone are no message.
  return texts.length === 0 ? [] : [{ role: 'assistant', content: text }];
}

function chatCall({ id, name, input }: JsonObject, path: string): JsonObject {
  if (!isObject(input)) throw invalid(`${path}.input`, 'must be an object');
  return {
    id: requireText(id, `${path}.id`),
    type: 'function',
    function: { name: requireText(name, `${path}.name`), arguments: JSON.stringify(input) },
  };
}

/** The results of calls come first: hosts require that they follow the calls directly. */
function userMessages(content: readonly JsonObject[], path: string): JsonObject[] {
  const results: JsonObject[] = [];
  const rest: unknown[] = [];
  blocksOf(content, path).forEach((block, i) => {
    // A hole keeps the places of the others, which errors name.
    if (block.type === 'tool_result') results.push(chatResult(block, `${path}[${i}]`));
    else rest[i] = block;
  });
  if (rest.length === 0) return results;
  return [...results, { role: 'user', content: chatContent(rest, path) }];
}

function chatResult({ tool_use_id, content }: JsonObject, path: string): JsonObject {
  return {
    role: 'tool',
    tool_call_id: requireText(tool_use_id, `${path}.tool_use_id`),
    content: content == null ? '' : chatContent(content, `${path}.content`),
  };
}
