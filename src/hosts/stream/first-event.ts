import { concat } from '../../base/bytes/concat.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_FIRST_EVENT_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { invalidAnswer, UpstreamFailure } from '../upstream/failure.ts';
import { ErrorAnswer, errorInText } from '../upstream/host-error.ts';
import { failureSaid } from '../upstream/rejection.ts';
import { cut, tooMuch, unreadable } from './end.ts';
import { EventReader } from './event-reader.ts';

/** How streams begin. Hosts send them as any type. */
const STREAM = /^\s*(data|event|id|retry|error)?:/;

/** What can be the beginning of that. */
const FIELD = /^\s*[a-z]{0,5}$/;

/** What a host answered instead of a stream: an error in JSON, or in words. */
async function answerInstead(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  head: Uint8Array[],
  name: string,
): Promise<Error> {
  let length = head.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  while (length < MAX_ERROR_ANSWER_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    head.push(value);
    length += value.byteLength;
  }
  await reader.cancel();
  const said = errorInText(new TextDecoder().decode(concat(head)));
  if (said.message !== '') return new ErrorAnswer(said);
  return invalidAnswer(name, 'with something that is not a stream');
}

/**
 * Reads a stream up to and including its first complete event. Comments before it are read too, and passed on
 * with it.
 *
 * @throws UpstreamFailure if the event is an error, does not arrive in time, or never arrives
 */
export async function readFirstEvent(body: ReadableStream<Uint8Array>, name: string, call: Call): Promise<Uint8Array> {
  const { firstEventMs } = call.limits;
  const { queueMs } = call.settings.streams;
  const reader = body.getReader();
  let late: UpstreamFailure | undefined;
  const since = Date.now();
  const limit = (milliseconds: number) =>
    call.deadlines.in(milliseconds, () => {
      const seconds = Math.round((Date.now() - since) / 1000);
      const message = `The host ${name} sent no event within ${seconds} s of its headers.`;
      late = new UpstreamFailure('first-event-timeout', message);
      reader.cancel(late).catch(() => {});
    });
  let removeLimit = limit(firstEventMs);
  const events = new EventReader();
  const decoder = new TextDecoder();
  /** What is not read yet. */
  let begun = '';
  let isStream = false;
  const head: Uint8Array[] = [];
  let length = 0;
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
      begun += decoder.decode(value, { stream: true });
      if (!isStream) {
        isStream = STREAM.test(begun);
        if (!isStream && FIELD.test(begun)) continue;
        if (!isStream) throw await answerInstead(reader, head, name);
      }
      const items = events.readText(begun, true);
      begun = '';
      const item = items.find(({ kind }) => kind !== 'comment');
      if (!item) {
        // A host that queues the request, and says so, is alive.
        if (items.length === 0) continue;
        removeLimit();
        removeLimit = limit(Math.min(firstEventMs, since + Math.max(firstEventMs, queueMs) - Date.now()));
        continue;
      }
      if (item.kind !== 'event') await reader.cancel();
      if (item.kind === 'failed') throw failureSaid(item.error, name, call);
      if (item.kind === 'unreadable') throw unreadable(name);
      // The end before any event: some hosts send it after an error that they do not tell.
      // Source: https://github.com/vllm-project/vllm/pull/40986
      if (item.kind === 'done') throw cut(name);
      return concat(head);
    }
  } catch (error) {
    throw late ?? error;
  } finally {
    removeLimit();
    reader.releaseLock();
  }
}
