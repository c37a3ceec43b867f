import { toSeconds } from '../../base/to-seconds.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import { type RunChat, readChat, runChat } from '../chat/run-chat.ts';
import { toChatBody } from './chat-body.ts';
import type { ResolvedRequest } from './request.ts';
import { responseTo } from './response.ts';
import { streamResponse } from './response-stream.ts';
import { ResponseWriter } from './response-writer.ts';

/**
 * Answers by the chat that asks for the same, complete or as a stream.
 *
 * @param chat runs it
 */
export async function answerByChat(resolved: ResolvedRequest, call: Call, chat: RunChat): Promise<Response> {
  const { request } = resolved;
  const createdAt = toSeconds(Date.now());
  // What came is another request than the chat.
  const chatCall = deriveCall(call, { forwarded: undefined });
  const answer = await runChat((body) => chat(body, chatCall), toChatBody(request), FIELDS);
  const response = responseTo(resolved, createdAt, call);
  if (request.stream && answer.body) return streamResponse(answer.body, response, call);
  const writer = new ResponseWriter(response, false);
  const { chat: piece, large } = readChat(await answer.bytes());
  writer.read(piece);
  const whole = JSON.stringify(writer.end());
  const body = large?.into(whole) ?? whole;
  const headers = { 'content-type': 'application/json' };
  return new Response(typeof body === 'string' ? body : body.stream(), { headers });
}

/** What the fields of the chat are in the request. */
const FIELDS: Readonly<Record<string, string>> = {
  messages: 'input',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
};
