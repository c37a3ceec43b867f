import { within } from '../base/within.ts';

const MAX_MS = 5_000;
const MAX_SILENCE_MS = 500;
const READ_BYTES = 64 * 1024;

/**
 * Reads the rest of a body and forgets it, for a while. An answer closes the connection of a client that is still sending,
 * and many clients then report a broken connection instead of the answer. Web servers linger in the same way.
 */
export async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (!body || body.locked) return;
  const reader = body.getReader({ mode: 'byob' });
  const until = Date.now() + MAX_MS;
  try {
    while (Date.now() < until) {
      const read = reader.read(new Uint8Array(READ_BYTES));
      if (!(await within(read, MAX_SILENCE_MS)) || (await read).done) break;
    }
  } catch {
    // The client has left.
  }
  await reader.cancel().catch(() => {});
}
