import type { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { asFailure } from '../upstream/failure.ts';
import { ErrorAnswer } from '../upstream/host-error.ts';
import { failureSaid } from '../upstream/rejection.ts';
import { cut, unreadable } from './end.ts';
import { EventReader } from './event-reader.ts';
import { encode } from './sse.ts';
import { WholeAnswer } from './whole-answer.ts';

/** workerd learns that a client has left when it writes to it: as often as streams are kept alive. */
const SPACE_EVERY_MS = 15_000;

/**
 * Answers with the whole of what a host streams. A host that only writes at the end does not see that its
 * client has left, and generates to the end. A client that waits longer than 15 s gets white space, which may
 * precede JSON, until the answer is complete; if that fails, the connection breaks, since the status is sent.
 *
 * @param read checks the complete answer, as any other whole one
 */
export async function collectStream(
  response: Response,
  name: string,
  call: Call,
  read: (whole: Response) => Promise<Response>,
  spaceEveryMs = SPACE_EVERY_MS,
): Promise<Response> {
  // A host that does not stream.
  if (/json/i.test(response.headers.get('content-type') ?? '')) return read(response);
  const whole = wholeOf(response, name).then(read);
  whole.catch(() => {});
  const inTime = await call.deadlines.limit(whole, spaceEveryMs, () => undefined);
  if (inTime) return inTime;
  const { readable, writable } = new IdentityTransformStream();
  const written = write(whole, writable.getWriter(), name, call, spaceEveryMs);
  call.outcome.streamUntil(written);
  call.waitUntil(written);
  return new Response(readable, { headers: { 'content-type': 'application/json' } });
}

/** @throws UpstreamFailure or ErrorAnswer if the stream breaks, cannot be read or says that it has failed */
async function wholeOf({ body }: Response, name: string): Promise<Response> {
  const reader = new EventReader();
  const whole = new WholeAnswer();
  let isDone = false;
  const add = (items: ReturnType<EventReader['read']>) => {
    for (const item of items) {
      if (item.kind === 'failed') throw new ErrorAnswer(item.error);
      if (item.kind === 'unreadable') throw unreadable(name);
      if (item.kind === 'event') whole.add(item.json);
      isDone ||= item.kind === 'done';
    }
  };
  for await (const chunk of body ?? []) add(reader.read(chunk));
  add(reader.end());
  if (!isDone && !whole.isFinished) throw cut(name);
  return new Response(whole.toJson(), { headers: { 'content-type': 'application/json' } });
}

/** Never rejects: a failure breaks the connection, and is in the log. */
async function write(
  whole: Promise<Response>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  name: string,
  call: Call,
  spaceEveryMs: number,
): Promise<void> {
  try {
    for (;;) {
      const answer = await call.deadlines.limit(whole, spaceEveryMs, () => undefined);
      await writer.write(encode(answer ? await answer.text() : ' '));
      if (!answer) continue;
      await writer.close();
      return;
    }
  } catch (error) {
    const said = error instanceof ErrorAnswer ? failureSaid(error.said, name, call) : asFailure(error, name);
    const failure: ApiError = call.cancellation.reason ?? said;
    call.outcome.fail(failure.code);
    await writer.abort(failure).catch(() => {});
  }
}
