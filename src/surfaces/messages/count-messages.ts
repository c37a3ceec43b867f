import type { Call } from '../../call/call.ts';
import { countInput, type InputCount } from '../chat/count-input.ts';
import { toChatBody } from './chat-body.ts';
import { chatCall } from './chat-call.ts';
import type { MessagesRequest } from './request.ts';

/** The tokens of a request. What could not be answered is not counted. @throws ApiError */
export function countMessages(request: MessagesRequest, call: Call): Promise<InputCount> {
  toChatBody(request);
  const { model, messages, system, tools, tool_choice, thinking } = request;
  const body = { model, messages, system, tools, tool_choice, thinking };
  return countInput('messages/count_tokens', body, chatCall(request, call));
}
