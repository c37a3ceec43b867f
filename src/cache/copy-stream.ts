import { concat } from '../base/bytes/concat.ts';
import { isolateState } from '../base/isolate-state.ts';
import { MAX_CACHED_ANSWER_BYTES, MAX_COPIED_ANSWERS_BYTES } from '../base/sizes.ts';
import { withTimeout } from '../base/with-timeout.ts';
import type { Call } from '../call/call.ts';

const READ_BYTES = 64 * 1024;
/** How long the branch of a stream is left alone when it is empty. */
const PAUSE_MS = 1_000;

/** Bytes of all copies that are being made. */
const copies = isolateState('answer-copies', () => ({ bytes: 0 }));

/**
 * Copies a branch of a stream (`tee`) while the other one goes to the client. What the client was sent waits
 * in the branch, and is taken once a second: reading each event as it comes would wake JavaScript for it, and
 * pull the stream faster than a slow client takes it.
 *
 * @param ended settles when the last byte is there
 * @returns undefined if it is too large, or breaks
 */
export async function copyStream(
  branch: ReadableStream<Uint8Array>,
  ended: Promise<void>,
  { deadlines }: Call,
): Promise<Uint8Array | undefined> {
  const reader = branch.getReader({ mode: 'byob' });
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  const end = ended.then(over, over);
  try {
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(READ_BYTES));
      if (done) return concat(chunks);
      // A small part of its memory would hold all of it.
      chunks.push(value.length * 2 < READ_BYTES ? value.slice() : value);
      length += value.length;
      copies.bytes += value.length;
      if (length > MAX_CACHED_ANSWER_BYTES || copies.bytes > MAX_COPIED_ANSWERS_BYTES) {
        await reader.cancel();
        return undefined;
      }
      if (!isOver && value.length < READ_BYTES)
        await withTimeout(end, { ms: PAUSE_MS, late: () => {}, timers: deadlines });
    }
  } catch {
    return undefined;
  } finally {
    copies.bytes -= length;
  }
}
