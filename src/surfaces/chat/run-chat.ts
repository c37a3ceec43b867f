import { takeLargeStrings } from '../../base/bytes/large-strings.ts';
import type { Placeholders } from '../../base/bytes/placeholders.ts';
import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import type { ChatPiece } from './chat-answer.ts';

/** Runs the chat route. */
export type RunChat = (body: JsonObject, call: Call) => Response | Promise<Response>;

/**
 * Runs a chat. An error names the field of the surface's own request.
 *
 * @param fields what the fields of the chat are in the request
 */
export async function runChat(
  chat: (body: JsonObject) => Response | Promise<Response>,
  body: JsonObject,
  fields: Readonly<Record<string, string>>,
): Promise<Response> {
  try {
    return await chat(body);
  } catch (error) {
    const field = error instanceof ApiError ? fields[/^\w*/.exec(error.param ?? '')?.[0] ?? ''] : undefined;
    if (!(error instanceof ApiError) || field === undefined) throw error;
    throw error.about(field);
  }
}

const LARGE_BYTES = 256 * 1024;

const utf8 = new TextDecoder();

/**
 * A long text stays in the bytes of the chat: as strings, it would be in memory four times more before it is
 * sent.
 */
export function readChat(bytes: Uint8Array): { chat: ChatPiece; large?: Placeholders } {
  const parse = (json: Uint8Array) => JSON.parse(utf8.decode(json)) as ChatPiece;
  if (bytes.length < LARGE_BYTES) return { chat: parse(bytes) };
  const { rest, large } = takeLargeStrings(bytes, LARGE_BYTES / 2, () => true);
  const chat = parse(rest);
  // Arguments that are no string are written as one, where the bytes would mean something else.
  const hasCalls = chat.choices?.some((choice) => choice?.message?.tool_calls);
  return hasCalls ? { chat: parse(bytes) } : { chat, large };
}
