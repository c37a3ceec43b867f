import { concat } from '../../base/bytes/bounded-body.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_FIRST_EVENT_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { invalidAnswer, UpstreamFailure } from '../upstream/failure.ts';
import { ErrorAnswer, errorInText } from '../upstream/host-error.ts';
import { failureSaid } from '../upstream/rejection.ts';
import { cut, tooMuch, unreadable } from './end.ts';
import { EventReader } from './event-reader.ts';

/** How streams begin. Hosts send them as any type. */
const STREAM = /^\s*(data|event|id|retry|error)?:/;

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
  const events = new EventReader();
  const decoder = new TextDecoder();
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
      if (!isStream) {
        begun += decoder.decode(value, { stream: true });
        if (!/\S/.test(begun)) continue;
        if (!STREAM.test(begun)) throw await answerInstead(reader, head, name);
        isStream = true;
      }
      const item = events.read(value).find(({ kind }) => kind !== 'comment');
      if (!item) continue;
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
