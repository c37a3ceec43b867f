import { ApiError, toApiError } from '../../base/errors.ts';
import { MAX_COLLECTED_BYTES } from '../../base/sizes.ts';
import { withTimeout } from '../../base/with-timeout.ts';
import type { Call } from '../../call/call.ts';
import { asFailure } from '../upstream/failure.ts';
import { ErrorAnswer } from '../upstream/host-error.ts';
import { failureSaid } from '../upstream/rejection.ts';
import { cut, tooMuch, unreadable } from './end.ts';
import { EventReader } from './event-reader.ts';
import { peekStream } from './peek.ts';
import { encode } from './sse.ts';
import { untilKeepalive } from './until-keepalive.ts';
import { WholeAnswer } from './whole-answer.ts';

/**
 * Answers with the whole of what a host streams. A host that only writes at the end does not see that its
 * client has left, and generates to the end. workerd learns that a client has left when it writes to it: one
 * that waits longer than `KEEPALIVE_SECONDS` gets white space, which may precede JSON, until the answer is
 * complete. If that fails then, the status is sent: the error follows as JSON, and the connection breaks, so
 * that no client takes it for an answer.
 *
 * @param read checks the complete answer, as any other whole one
 */
export async function collectStream(
  response: Response,
  name: string,
  call: Call,
  read: (whole: Response) => Promise<Response>,
): Promise<Response> {
  const whole = wholeOf(response, name).then(read);
  whole.catch(() => {});
  const inTime = await untilKeepalive(whole, call);
  if (inTime) return inTime;
  const answer = new LateAnswer(whole, name, call);
  call.outcome.streamUntil(answer.settled);
  call.waitUntil(answer.settled);
  return new Response(answer.body(), { headers: { 'content-type': 'application/json' } });
}

/**
 * The whole answer that a stream is, or that a host sends which does not stream.
 *
 * @throws UpstreamFailure or ErrorAnswer if the stream breaks, cannot be read or says that it has failed
 */
async function wholeOf(response: Response, name: string): Promise<Response> {
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
  const { isStream, answer } = await peekStream(response);
  if (!isStream) return answer;
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_COLLECTED_BYTES) throw tooMuch(name);
    add(reader.read(chunk));
  }
  add(reader.end());
  if (!isDone && !whole.isFinished) throw cut(name);
  return new Response(whole.toJson(), { headers: { 'content-type': 'application/json' } });
}

/** How long the last bytes may take to be sent, before the connection breaks. */
const FLUSH_MS = 50;

/**
 * The body of an answer that is late. A stream in JavaScript: what reads it within this Worker gets the
 * failure itself, where workerd's own streams keep only its words.
 */
class LateAnswer {
  /** Settles when it is known. Never rejects. */
  readonly settled: Promise<void>;
  readonly #whole: Promise<Response>;
  readonly #call: Call;
  /** What the client was told last. */
  #told: ApiError | undefined;
  #hasBegun = false;

  constructor(whole: Promise<Response>, name: string, call: Call) {
    this.#call = call;
    this.#whole = call.cancellation.race(whole).catch((error: unknown) => {
      const said = error instanceof ErrorAnswer ? failureSaid(error.said, name, call) : asFailure(error, name);
      const failure = call.cancellation.reason ?? said;
      call.outcome.fail(failure.code);
      throw failure;
    });
    this.settled = this.#whole.then(
      () => {},
      () => {},
    );
  }

  body(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      type: 'bytes',
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#call.cancellation.cancel(new ApiError('client_closed_request', 'The client has left.')),
    });
  }

  async #pull(controller: ReadableByteStreamController): Promise<void> {
    if (this.#told) {
      // workerd reads ahead: what it has not sent yet is lost with an error that comes at once.
      await scheduler.wait(FLUSH_MS);
      return controller.error(this.#told);
    }
    const bytes = await this.#next();
    // A stream takes the memory of its bytes: they cannot be shared.
    controller.enqueue(bytes ?? encode(' '));
    if (bytes && !this.#told) controller.close();
  }

  /** @returns the answer, or the error that it ended with; undefined while it is not known */
  async #next(): Promise<Uint8Array | undefined> {
    const { deadlines, settings } = this.#call;
    const waitMs = this.#hasBegun ? settings.streams.keepaliveMs : 0;
    this.#hasBegun = true;
    try {
      const whole = await withTimeout(this.#whole, { ms: waitMs, late: () => undefined, timers: deadlines });
      return whole && (await whole.bytes());
    } catch (error) {
      this.#told = toApiError(error);
      return encode(JSON.stringify(this.#told.body));
    }
  }
}
