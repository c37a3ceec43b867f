import { encodeComment, encodeEvent } from '../hosts/stream/sse.ts';
import type { EventLog } from './event-log.ts';
import type { RunRecord } from './run-record.ts';

/** An answer to a reader of a run. */
export interface Sent {
  readonly response: Response;
  /** Settles when its body is sent, or the reader has left. Never rejects. Undefined if all is sent. */
  readonly done?: Promise<void>;
}

interface Part {
  readonly log: EventLog;
  /** Where in the log to begin. */
  readonly position: number;
  readonly record: RunRecord;
}

/** An answer from the log, from a position on, and live while the run goes on. */
export function answerFrom({ more, ...part }: Part & { readonly more: Readonly<Record<string, string>> }): Sent {
  const { log, position, record } = part;
  const { status = 200, headers = [], isStream, isWhole } = record.answer ?? {};
  const init = { status, headers: new Headers(headers as [string, string][]) };
  for (const name in more) init.headers.set(name, more[name] as string);
  const all = log.hasEnded && isWhole ? log.read(position) : undefined;
  if (log.hasEnded && isWhole && position + (all?.byteLength ?? 0) === log.length) {
    return { response: new Response(all ?? null, init) };
  }
  const { readable, writable } =
    log.hasEnded && isWhole && !isStream ? new FixedLengthStream(log.length - position) : new IdentityTransformStream();
  return { response: new Response(readable, init), done: send(part, writable.getWriter()) };
}

/** One piece in memory, and the next only when it is gone. Never rejects. */
async function send(
  { position: from, log, record }: Part,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  const isStream = record.answer?.isStream;
  let position = from;
  let hasLeft = false;
  const left = writer.closed.then(
    () => false,
    () => {
      hasLeft = true;
      return false;
    },
  );
  try {
    while (!hasLeft) {
      const bytes = log.read(position);
      if (bytes) {
        await writer.write(bytes);
        position += bytes.byteLength;
      } else if (log.hasEnded) {
        break;
      } else {
        const isTick = await Promise.race([log.more(), left]);
        if (isTick && isStream) await writer.write(encodeComment('keepalive'));
      }
    }
    if (record.answer?.isWhole) return await writer.close();
    // Without an id: a client can have seen events that were not written before the process died, and has to
    // see this one.
    if (isStream) await writer.write(encodeEvent({ error: record.error }));
    if (isStream) await writer.close();
    else await writer.abort(new Error('The run ended before its answer was complete.'));
  } catch (error) {
    // The reader has left, and the run goes on; or the run is gone, and the reader must not wait for it.
    await writer.abort(error).catch(() => {});
  }
}
