import { concat } from '../bytes/bounded-body.ts';
import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { cut, tooMuch } from './end.ts';
import { eventData, parseEvent, unfinishedLine } from './sse.ts';

/** The first event is read whole. */
const MOST_HEAD_BYTES = 8 * 1024 * 1024;

/**
 * Reads a stream up to and including its first whole event. Comments before it are read too, and passed on with it.
 *
 * @throws ApiError where the event is an error, does not come in time, or never comes
 */
export async function readFirstEvent(body: ReadableStream<Uint8Array>, name: string, call: Call): Promise<Uint8Array> {
  const { firstEventMs } = call.limits;
  const reader = body.getReader();
  let late: ApiError | undefined;
  const timer = setTimeout(() => {
    late = new ApiError(
      'upstream_first_event_timeout',
      `The host ${name} sent no event within ${firstEventMs / 1000} s of its headers.`,
    );
    reader.cancel(late).catch(() => {});
  }, firstEventMs);
  const decoder = new TextDecoder();
  const head: Uint8Array[] = [];
  let length = 0;
  // What has come since the last line that is not an event: what was looked at is not looked at again.
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) throw late;
      if (done) throw cut(name);
      head.push(value);
      length += value.byteLength;
      if (length > MOST_HEAD_BYTES) {
        await reader.cancel();
        throw tooMuch(name);
      }
      const piece = decoder.decode(value, { stream: true });
      text += piece;
      if (!/[\r\n]/.test(piece)) continue;
      const [data] = eventData(text);
      if (data === undefined) {
        text = unfinishedLine(text);
        continue;
      }
      if (parseEvent(data)?.error) {
        await reader.cancel();
        throw new ApiError('upstream_error', `The host ${name} answered with an error in place of text.`);
      }
      return concat(head);
    }
  } catch (error) {
    throw late ?? error;
  } finally {
    clearTimeout(timer);
    reader.releaseLock();
  }
}
