import type { Call } from '../../call/call.ts';
import { countInput, type InputCount } from '../chat/count-input.ts';
import { unsupported } from '../chat/unsupported.ts';
import { toChatBody } from './chat-body.ts';
import type { ResponseRequest } from './request.ts';

/**
 * The fields that hosts count.
 * Source: https://platform.openai.com/docs/api-reference/responses/input-tokens
 */
const COUNTED = [
  ...['model', 'input', 'instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning', 'text'],
  ...['truncation', 'personality'],
] as const;

/**
 * The tokens of a request, with all that went before it. What could not be answered is not counted.
 *
 * @throws ApiError
 */
export function countRequest(request: ResponseRequest, call: Call): Promise<InputCount> {
  if (request.prompt) throw unsupported('prompt', 'Send the messages of the prompt: its route renders them.');
  toChatBody(request);
  const body = Object.fromEntries(COUNTED.map((field) => [field, request[field]]));
  return countInput('responses/input_tokens', { ...body, model: request.model ?? '' }, call);
}
