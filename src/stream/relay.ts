import type { Call } from '../call/call.ts';
import { ApiError, toApiError } from '../errors.ts';
import { cut, finish, MIDDLE_OF_LINE, readEnd, tooMuch } from './end.ts';
import { readFirstEvent } from './first-event.ts';
import { encodeComment, STREAM_HEADERS, unfinishedLine } from './sse.ts';
import { StreamTail } from './tail.ts';

/** Proxies and phones drop connections that stay silent longer. */
const KEEPALIVE_MS = 15_000;

/**
 * Passes a stream of chat or completion events on without waking JavaScript for each of them, which would cost four to
 * seven times a bare pass-through, and still tells the truth about its end: a twin of the stream (`tee`) is read once,
 * after the last byte has gone, and a stream that did not end with `[DONE]` gets an error event.
 *
 * @returns once the first event is here, so that a failure before it keeps its HTTP status; or after 15 s with an
 *   answer that says `: keepalive` until the first event comes.
 * @throws ApiError where the answer is no stream, begins with an error, ends before its first event, or is too slow.
 */
export async function relayStream(upstream: Response, name: string, call: Call): Promise<Response> {
  const { body } = upstream;
  if (!body || !/^text\/event-stream/i.test(upstream.headers.get('content-type') ?? '')) {
    await body?.cancel();
    throw new ApiError('upstream_invalid_answer', `The host ${name} answered with something that is not a stream.`);
  }
  const first = readFirstEvent(body, name, call);
  // The failure is looked at below, or once the stream has begun.
  first.catch(() => {});
  const inTime = await within(first, KEEPALIVE_MS);

  const { readable, writable } = new IdentityTransformStream();
  const streamed = inTime ? pump(body, writable, inTime, name, call) : pumpLate(body, writable, first, name, call);
  call.report.streamed = streamed;
  call.waitUntil(streamed);
  return new Response(readable, { headers: STREAM_HEADERS });
}

/** The first event took long: keep the connection alive, and report a failure as an event, since the status has gone. */
async function pumpLate(
  body: ReadableStream<Uint8Array>,
  writable: WritableStream<Uint8Array>,
  first: Promise<Uint8Array>,
  name: string,
  call: Call,
): Promise<void> {
  for (;;) {
    try {
      const writer = writable.getWriter();
      await writer.write(encodeComment('keepalive'));
      writer.releaseLock();
      const head = await within(first, KEEPALIVE_MS);
      if (head) return await pump(body, writable, head, name, call);
    } catch (error) {
      return await finish(writable, call, call.cancellation.reason ?? toApiError(error), '');
    }
  }
}

async function pump(
  body: ReadableStream<Uint8Array>,
  writable: WritableStream<Uint8Array>,
  head: Uint8Array,
  name: string,
  call: Call,
): Promise<void> {
  const [toClient, twin] = body.tee();
  const stop = new AbortController();
  const tail = new StreamTail(head, twin, call, () => stop.abort(tooMuch(name)));
  let failure: ApiError | undefined;
  try {
    const writer = writable.getWriter();
    await writer.write(head);
    writer.releaseLock();
    await toClient.pipeTo(writable, { preventClose: true, preventAbort: true, signal: stop.signal });
  } catch {
    failure = call.cancellation.reason ?? stop.signal.reason ?? cut(name);
  }
  if (stop.signal.aborted) return await finish(writable, call, failure, MIDDLE_OF_LINE);
  const text = new TextDecoder().decode(await tail.end());
  const end = readEnd(text);
  if (end.usage) call.report.tokens = end.usage;
  if (end.finishReason) call.report.finishReason = end.finishReason;
  if (!end.done && !end.failed) failure ??= cut(name);
  await finish(writable, call, end.failed ? undefined : failure, unfinishedLine(text));
  if (end.failed) call.report.error = 'upstream_error';
}

/** @returns what the work gives, or undefined where it takes longer. */
async function within<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
