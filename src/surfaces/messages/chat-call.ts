import { isObject } from '../../base/is-object.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import type { MessagesRequest } from './request.ts';

/** What hosts with a session of their own, and this Worker, keep the requests of one conversation by. */
const SESSION = 'x-session-id';

/** The call of the chat: what came is another request. */
export function chatCall({ messages, metadata }: MessagesRequest, call: Call): Call {
  let { textBytes = 0, pictures = 0, headers } = call;
  for (const data of dataIn(messages.map(({ content }) => content))) {
    // Large ones are counted already.
    if (call.large?.contentOf(data)) continue;
    textBytes -= data.length;
    pictures++;
  }
  const user = metadata?.user_id;
  if (typeof user === 'string' && !headers.has(SESSION)) {
    headers = new Headers(headers);
    headers.set(SESSION, encodeURIComponent(user.toWellFormed()));
  }
  return deriveCall(call, { forwarded: undefined, textBytes, pictures, headers });
}

/** Pictures and documents in base64 are no text. A data URL is known by its beginning; these are not. */
function dataIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(dataIn);
  if (!isObject(value)) return [];
  const { source, content } = value;
  if (isObject(source) && source.type === 'base64') return typeof source.data === 'string' ? [source.data] : [];
  return [...dataIn(content), ...(isObject(source) ? dataIn(source.content) : [])];
}
