import type { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { invalidAnswer, UpstreamFailure } from '../upstream/failure.ts';
import { failureSaid } from '../upstream/rejection.ts';
import { tokensOfTimings } from './choice-tokens.ts';
import { cut, estimateTokens, finish, readEnd, tooMuch, unreadable } from './end.ts';
import { readFirstEvent } from './first-event.ts';
import { relaySlowly } from './relay-slowly.ts';
import { STREAM_HEADERS, unfinishedLine } from './sse.ts';
import { StreamTail } from './tail.ts';

const utf8 = new TextDecoder();

type Bytes = Uint8Array<ArrayBufferLike>;

/**
 * Passes on a stream of chat or completion events without waking JavaScript for each of them, which would
 * cost four to seven times a pass-through, and still reports its end truthfully: a twin of the stream (`tee`)
 * is read once, after the last byte is gone, and a stream that did not end with `[DONE]` gets an error event.
 * Only after a silence it is passed on by JavaScript.
 *
 * @returns as soon as the first event is here, so that a failure before it keeps its HTTP status: see
 * kept-alive.ts for one that is late
 * @throws UpstreamFailure if the answer is not a stream, begins with an error, ends before its first event,
 * or is too slow
 */
export async function relayStream(upstream: Response, name: string, call: Call): Promise<Response> {
  const { body } = upstream;
  if (!body) throw invalidAnswer(name, 'with something that is not a stream');
  const first = await readFirstEvent(body, name, call);
  const { readable, writable } = new IdentityTransformStream();
  const streamed = pump({ body, writable, name }, first, call);
  call.outcome.streamUntil(streamed);
  call.waitUntil(streamed);
  return new Response(readable, { headers: STREAM_HEADERS });
}

/** A stream on its way from a host to the client. */
interface Relay {
  readonly body: ReadableStream<Bytes>;
  readonly writable: WritableStream<Bytes>;
  /** Of the host. */
  readonly name: string;
}

/** Never rejects: whatever fails here is reported by an event, by the log, or both. */
async function pump({ body, writable, name }: Relay, head: Bytes, call: Call): Promise<void> {
  const [toClient, twin] = body.tee();
  const silence = new AbortController();
  const tail = new StreamTail(head, twin, call, {
    // Closes the request to the host: a pipe that is aborted while it writes would break the client's
    // connection.
    tooMuch: () => call.cancellation.cancel(tooMuch(name)),
    silent: () => silence.abort(),
  });
  let failure: ApiError | undefined;
  try {
    await write(writable, head);
    await toClient
      .pipeTo(writable, { preventClose: true, preventAbort: true, signal: silence.signal })
      .catch((error) => (silence.signal.aborted ? relaySlowly(tail, writable, name, call) : Promise.reject(error)));
  } catch (error) {
    failure = call.cancellation.reason ?? (error instanceof UpstreamFailure ? error : cut(name));
    if (silence.signal.aborted) await tail.cancel();
  }
  const text = utf8.decode(await tail.end());
  const end = readEnd(text);
  call.outcome.addTokens(tokensOfTimings(text) ?? end.usage ?? estimateTokens(text, tail.totalBytes, call));
  if (end.finishReason) call.report.finishReason = end.finishReason;
  if (end.error) failure = failureSaid(end.error, name, call);
  else if (end.isUnreadable) failure ??= unreadable(name);
  else if (!end.done && !end.finished) failure ??= cut(name);
  const isTold = end.error !== undefined && end.isTold;
  const needsDone = !end.done && end.finished;
  await finish(writable, call, isTold ? undefined : failure, { unfinished: unfinishedLine(text), needsDone });
  if (isTold && failure) call.outcome.fail(failure.code);
}

async function write(writable: WritableStream<Bytes>, bytes: Bytes): Promise<void> {
  const writer = writable.getWriter();
  try {
    await writer.write(bytes);
  } finally {
    writer.releaseLock();
  }
}
