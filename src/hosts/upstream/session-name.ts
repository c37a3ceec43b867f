import { hmac } from '../../base/bytes/hmac.ts';
import { isObject } from '../../base/is-object.ts';
import { isolateState } from '../../base/isolate-state.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';

/** Names are of this isolate alone, and so is the secret. */
const state = isolateState('session-secret', () => ({ secret: undefined as Uint8Array | undefined }));

/**
 * What two texts may have in common before they are of one session. Hosts' caches begin at the beginning,
 * too.
 */
const MAX_CHARACTERS = 8_192;

/**
 * The name of the session that a request belongs to: an HMAC of its caller, its model, and its
 * `prompt_cache_key`, or else its `X-Session-Id`, or else its first messages up to the first of the user.
 *
 * @returns undefined if it has none of them
 */
export async function sessionName(model: string, body: JsonObject, call: Call): Promise<string | undefined> {
  const session = sessionOf(body, call);
  if (session === undefined) return undefined;
  // Random bytes cannot be made before the first request.
  state.secret ??= crypto.getRandomValues(new Uint8Array(32));
  return (await hmac(state.secret, JSON.stringify([call.caller.id, model, ...session]))).toBase64();
}

function sessionOf({ prompt_cache_key, messages }: JsonObject, { headers }: Call): readonly string[] | undefined {
  if (typeof prompt_cache_key === 'string' && prompt_cache_key !== '') return ['key', cut(prompt_cache_key)];
  const id = headers.get('x-session-id');
  if (id) return ['session', cut(id)];
  return Array.isArray(messages) ? openingOf(messages) : undefined;
}

/** Later messages are of later turns. */
function openingOf(messages: readonly unknown[]): readonly string[] | undefined {
  const user = messages.findIndex((message) => isObject(message) && message.role === 'user');
  if (user === -1) return undefined;
  return ['opening', ...messages.slice(0, user + 1).map((message) => cut(textOf(message)))];
}

function textOf(message: unknown): string {
  const { role, content } = isObject(message) ? message : ({} as JsonObject);
  const parts = Array.isArray(content) ? content : [content];
  const texts = parts.map((part) => (typeof part === 'string' ? part : isObject(part) ? String(part.text ?? '') : ''));
  return `${role}: ${texts.join('\n')}`;
}

const cut = (text: string) => text.slice(0, MAX_CHARACTERS);
