import { takeLargeStrings } from '../../base/bytes/large-strings.ts';
import type { Placeholders } from '../../base/bytes/placeholders.ts';
import { ApiError } from '../../base/errors.ts';
import { toSeconds } from '../../base/to-seconds.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import type { ChatPiece } from './chat-answer.ts';
import { toChatBody } from './chat-body.ts';
import type { ResolvedRequest } from './request.ts';
import { responseTo } from './response.ts';
import { streamResponse } from './response-stream.ts';
import { ResponseWriter } from './response-writer.ts';

const LARGE_BYTES = 256 * 1024;

const utf8 = new TextDecoder();

type Chat = (body: JsonObject, call: Call) => Response | Promise<Response>;

/**
 * Answers by the chat that asks for the same, complete or as a stream.
 *
 * @param chat runs it
 */
export async function answerByChat(resolved: ResolvedRequest, call: Call, chat: Chat): Promise<Response> {
  const { request } = resolved;
  const createdAt = toSeconds(Date.now());
  // What came is another request than the chat.
  const chatCall = deriveCall(call, { forwarded: undefined });
  const answer = await run(() => chat(toChatBody(request), chatCall));
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

/**
 * A long text stays in the bytes of the chat: as strings, it would be in memory four times more before it is
 * sent.
 */
function readChat(bytes: Uint8Array): { chat: ChatPiece; large?: Placeholders } {
  const parse = (json: Uint8Array) => JSON.parse(utf8.decode(json)) as ChatPiece;
  if (bytes.length < LARGE_BYTES) return { chat: parse(bytes) };
  const { rest, large } = takeLargeStrings(bytes, LARGE_BYTES / 2, () => true);
  const chat = parse(rest);
  // Arguments that are no string are written as one, where the bytes would mean something else.
  const hasCalls = chat.choices?.some((choice) => choice?.message?.tool_calls);
  return hasCalls ? { chat: parse(bytes) } : { chat, large };
}

/** What the fields of the chat are in the request. */
const FIELDS: Readonly<Record<string, string>> = {
  messages: 'input',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
};

async function run(chat: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await chat();
  } catch (error) {
    const field = error instanceof ApiError ? FIELDS[/^\w*/.exec(error.param ?? '')?.[0] ?? ''] : undefined;
    if (!(error instanceof ApiError) || field === undefined) throw error;
    throw error.about(field);
  }
}
