import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { JsonObject } from '../tasks.ts';
import type { ChatPiece } from './chat-answer.ts';
import { toChatBody } from './chat-body.ts';
import type { ResponseRequest } from './request.ts';
import { responseTo } from './response.ts';
import { streamResponse } from './response-stream.ts';
import { ResponseWriter } from './response-writer.ts';

/**
 * Answers by the chat that asks for the same, complete or as a stream.
 *
 * @param chat runs it
 */
export async function answerByChat(
  request: ResponseRequest,
  call: Call,
  chat: (body: JsonObject) => Response | Promise<Response>,
): Promise<Response> {
  const createdAt = Math.floor(Date.now() / 1000);
  // The text of the body is that of another request.
  Object.assign(call, { forwarded: undefined });
  const answer = await run(chat, toChatBody(request));
  const response = responseTo(request, createdAt, call);
  if (request.stream && answer.body) return streamResponse(answer.body, response, call);
  const writer = new ResponseWriter(response, false);
  writer.read((await answer.json()) as ChatPiece);
  return Response.json(writer.end());
}

/** What the fields of the chat are in the request. */
const FIELDS: Readonly<Record<string, string>> = {
  messages: 'input',
  max_tokens: 'max_output_tokens',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
};

async function run(chat: (body: JsonObject) => Response | Promise<Response>, body: JsonObject): Promise<Response> {
  try {
    return await chat(body);
  } catch (error) {
    const field = error instanceof ApiError ? FIELDS[/^\w*/.exec(error.param ?? '')?.[0] ?? ''] : undefined;
    if (!(error instanceof ApiError) || field === undefined) throw error;
    throw error.about(field);
  }
}
