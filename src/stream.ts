import { concat } from './bounded-body.ts';
import type { Call } from './call.ts';
import { closeJson } from './close-json.ts';
import { ApiError, toApiError } from './errors.ts';
import { encode, encodeComment, encodeEvent, eventData, STREAM_HEADERS, unfinishedLine } from './sse.ts';
import { StreamTail } from './stream-tail.ts';

/** Proxies and phones drop connections that stay silent longer. */
const KEEPALIVE_MS = 15_000;
/** The first event is read whole. */
const MOST_HEAD_BYTES = 8 * 1024 * 1024;

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

/** Reads up to and including the first whole event. Comments before it are read too, and passed on with it. */
async function readFirstEvent(body: ReadableStream<Uint8Array>, name: string, call: Call): Promise<Uint8Array> {
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
      const error = errorIn(data);
      if (error) {
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

/** Where in a line the client's part ends is not known: as after the end of a cut line, an empty one must follow. */
const MIDDLE_OF_LINE = '?';

interface StreamEnd {
  done: boolean;
  /** The host's own last event is an error that clients understand. */
  failed: boolean;
  usage?: { prompt: number; completion: number };
  finishReason?: string;
}

function readEnd(text: string): StreamEnd {
  const end: StreamEnd = { done: false, failed: false };
  for (const data of eventData(`${text}\n`)) {
    if (data === '[DONE]') {
      end.done = true;
      continue;
    }
    const event = parse(data);
    if (!event) continue;
    if (typeof event.error === 'object' && event.error !== null) end.failed = true;
    const usage = event.usage as { prompt_tokens?: number; completion_tokens?: number } | null | undefined;
    if (usage) end.usage = { prompt: usage.prompt_tokens ?? 0, completion: usage.completion_tokens ?? 0 };
    const [choice] = Array.isArray(event.choices) ? event.choices : [];
    if (typeof choice?.finish_reason === 'string') end.finishReason = choice.finish_reason;
  }
  return end;
}

/** Ends the client's stream: with an error event where there is a failure, after completing an event that was cut. */
async function finish(
  writable: WritableStream<Uint8Array>,
  call: Call,
  failure: ApiError | undefined,
  unfinished: string,
): Promise<void> {
  if (failure) call.report.error = failure.code;
  const writer = writable.getWriter();
  try {
    if (failure && failure.code !== 'client_closed_request') {
      if (unfinished !== '') await writer.write(encode(endOfLine(unfinished, failure)));
      await writer.write(encodeEvent(failure.body));
    } else if (unfinished !== '') {
      // An event that ends with the stream, without its empty line, would be dropped by a strict reader.
      await writer.write(encode('\n\n'));
    }
    await writer.close();
  } catch {
    // The client has gone: nobody is left to tell.
  }
}

/**
 * Half an event has been sent. Completed as an object with the error in it, it is one that OpenAI's SDKs raise; where
 * that cannot be, the line is made one that readers ignore or fail on.
 */
function endOfLine(unfinished: string, failure: ApiError): string {
  const object = /^data:\s*(\{.*)$/.exec(unfinished)?.[1];
  const member = JSON.stringify(failure.body).slice(1, -1);
  const rest = object === undefined ? undefined : closeJson(object, member);
  return `${rest ?? ''}\n\n`;
}

function cut(name: string): ApiError {
  return new ApiError('upstream_stream_cut', `The host ${name} ended the stream before it was complete.`);
}

function tooMuch(name: string): ApiError {
  return new ApiError('upstream_answer_too_large', `The host ${name} sent more than a stream of text can be.`);
}

function errorIn(data: string): unknown {
  return parse(data)?.error;
}

function parse(data: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
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
