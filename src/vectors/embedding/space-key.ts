import { digest } from '../../base/bytes/digest.ts';
import type { Space } from '../../call/tasks.ts';

/** A KV key has at most 512 bytes. */
const MAX_CHARACTERS = 200;

const endpointDigests = new Map<string, string>();

/**
 * The part of a key that names a space: its id; a digest of its endpoint, if only that determines its vectors; and the
 * number of dimensions that the host was asked for. `@` and 16 characters before the last part keep ids apart from it.
 */
export async function spaceKey({ id, endpoint, dimensions, isResized }: Space): Promise<string> {
  const name = id.length <= MAX_CHARACTERS && /^[\x21-\x7e]+$/.test(id) ? id : await digest(id);
  if (endpoint === undefined) return name;
  let place = endpointDigests.get(endpoint);
  if (place === undefined) {
    place = (await digest(endpoint)).slice(0, 16);
    // Endpoints are settings, so there are few.
    endpointDigests.set(endpoint, place);
  }
  return isResized ? `${name}@${place}:${dimensions}` : `${name}@${place}`;
}
