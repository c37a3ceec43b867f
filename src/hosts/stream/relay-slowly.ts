import { withTimeout } from '../../base/with-timeout.ts';
import type { Call } from '../../call/call.ts';
import { cut } from './end.ts';
import { encodeComment } from './sse.ts';
import type { StreamTail } from './tail.ts';

/**
 * Passes on what follows a silence, with a comment whenever a stream has been silent again: proxies and
 * phones drop connections that stay silent longer.
 *
 * The pipe to the client was aborted, and its branch of the stream is gone with it. The twin has all that
 * follows, and nothing that the pipe has delivered: it was empty for a whole silence. Docs:
 * docs/decisions/2026-12-01-keep-silent-streams-alive.md
 *
 * @throws UpstreamFailure if it cannot be known whether the pipe has delivered what has just come; or if the
 * stream breaks
 */
export async function relaySlowly(
  tail: StreamTail,
  writable: WritableStream<Uint8Array>,
  name: string,
  { deadlines, settings: { streams } }: Call,
): Promise<void> {
  await turn();
  if (tail.hasArrived) throw cut(name);
  const writer = writable.getWriter();
  const comment = async () => {
    if (isBetweenEvents(tail.lastLine)) await writer.write(encodeComment('keepalive'));
  };
  try {
    await comment();
    for (;;) {
      const next = tail.next();
      let bytes: Uint8Array | undefined | typeof LATE;
      for (;;) {
        bytes = await withTimeout(next, { ms: streams.keepaliveMs, late: () => LATE, timers: deadlines });
        if (bytes !== LATE) break;
        await comment();
      }
      if (!bytes) return;
      await writer.write(bytes);
    }
  } finally {
    writer.releaseLock();
  }
}

const LATE = Symbol('late');

/**
 * Whether an event has just ended: with an empty line, or, at hosts that send none, with a line that is all
 * of it.
 */
function isBetweenEvents(line: string): boolean {
  if (!/[\r\n]$/.test(line)) return false;
  const text = line.trim();
  if (text === '' || text.startsWith(':')) return true;
  try {
    return JSON.parse(/^data:(.*)$/.exec(text)?.[1] ?? '') !== undefined;
  } catch {
    return false;
  }
}

/**
 * Everything that the runtime had received until now has come to JavaScript when this resolves: a byte has
 * taken the same way.
 */
async function turn(): Promise<void> {
  const { readable, writable } = new IdentityTransformStream();
  const read = readable.getReader().read();
  await writable.getWriter().write(new Uint8Array(1));
  await read;
}
