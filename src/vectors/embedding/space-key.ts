import { digest } from '../../base/bytes/digest.ts';
import type { Call } from '../../call/call.ts';
import type { Space } from '../../call/tasks.ts';

/** A KV key has at most 512 bytes. */
const MAX_CHARACTERS = 200;

const endpointDigests = new Map<string, string>();

/**
 * The part of a key that names a space: its id; the revision that the server names; a digest of its endpoint,
 * if only that determines its vectors; and the number of dimensions that the host was asked for. `@` and 16
 * characters before the last part keep ids apart from it.
 */
export async function spaceKey({ id, revision, endpoint, dimensions, isResized }: Space, call: Call): Promise<string> {
  const named = await revision?.(call);
  const full = named === undefined ? id : `${id}:${named}`;
  const name = full.length <= MAX_CHARACTERS && /^[\x21-\x7e]+$/.test(full) ? full : await digest(full);
  if (endpoint === undefined) return name;
  let place = endpointDigests.get(endpoint);
  if (place === undefined) {
    place = (await digest(endpoint)).slice(0, 16);
    // Endpoints are settings, so there are few.
    endpointDigests.set(endpoint, place);
  }
  return isResized ? `${name}@${place}:${dimensions}` : `${name}@${place}`;
}
