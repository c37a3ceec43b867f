import { concat } from '../../base/bytes/bounded-body.ts';
import { MAX_FIRST_EVENT_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import { failureInEvent } from '../upstream/rejection.ts';
import { cut, tooMuch } from './end.ts';
import { eventData, parseEvent, unfinishedLine } from './sse.ts';

/**
 * Reads a stream up to and including its first complete event. Comments before it are read too, and passed on with it.
 *
 * @throws UpstreamFailure if the event is an error, does not arrive in time, or never arrives
 */
export async function readFirstEvent(body: ReadableStream<Uint8Array>, name: string, call: Call): Promise<Uint8Array> {
  const { firstEventMs } = call.limits;
  const reader = body.getReader();
  let late: UpstreamFailure | undefined;
  const removeLimit = call.deadlines.in(firstEventMs, () => {
    late = new UpstreamFailure(
      'first-event-timeout',
      `The host ${name} sent no event within ${firstEventMs / 1000} s of its headers.`,
    );
    reader.cancel(late).catch(() => {});
  });
  const decoder = new TextDecoder();
  const head: Uint8Array[] = [];
  let length = 0;
  // What came after the last line that is not an event: no line is looked at twice.
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) throw late;
      if (done) throw cut(name);
      head.push(value);
      length += value.byteLength;
      if (length > MAX_FIRST_EVENT_BYTES) {
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
      // The end before any event: some hosts send it after an error that they do not tell.
      // Source: https://github.com/vllm-project/vllm/pull/40986
      if (data === '[DONE]') {
        await reader.cancel();
        throw cut(name);
      }
      const event = parseEvent(data);
      if (event?.error) {
        await reader.cancel();
        throw failureInEvent(event, name, call);
      }
      return concat(head);
    }
  } catch (error) {
    throw late ?? error;
  } finally {
    removeLimit();
    reader.releaseLock();
  }
}
