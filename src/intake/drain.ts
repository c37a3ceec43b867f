import { withTimeout } from '../base/with-timeout.ts';

const MAX_MS = 10_000;
/** On a busy machine, half a second is too short: the client then finds a broken connection. */
const MAX_SILENCE_MS = 2_000;
const READ_BYTES = 64 * 1024;
/** More than any body that was meant to be taken. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads the rest of a body and forgets it, for a while. An answer closes the connection of a client that is
 * still sending, and many clients then report a broken connection instead of the answer. Web servers linger
 * in the same way.
 */
export async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (!body || body.locked) return;
  const until = Date.now() + MAX_MS;
  try {
    const reader = body.getReader({ mode: 'byob' });
    for (let bytes = 0; Date.now() < until && bytes < MAX_BYTES; ) {
      const read = await withTimeout(reader.read(new Uint8Array(READ_BYTES)), MAX_SILENCE_MS, () => undefined);
      if (!read || read.done) break;
      bytes += read.value.length;
    }
    await reader.cancel();
  } catch {
    // The client has left, or the body did not come over a connection.
  }
}
