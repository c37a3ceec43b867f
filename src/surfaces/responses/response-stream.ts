import type { Call } from '../../call/call.ts';
import { followChat } from '../chat/follow-chat.ts';
import type { ResponseObject } from './response.ts';
import { ResponseWriter } from './response-writer.ts';

/** The stream of a response, from that of a chat. */
export function streamResponse(chat: ReadableStream<Uint8Array>, response: ResponseObject, call: Call): Response {
  return followChat(chat, { follower: new ResponseWriter(response, true), call });
}
