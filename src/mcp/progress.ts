import type { Call } from '../call/call.ts';
import { encodeEvent, STREAM_HEADERS } from '../stream/sse.ts';
import type { JsonObject } from '../tasks.ts';
import type { Progress } from './tool.ts';

/** More notifications than these would only keep the client busy. */
const NOTIFY_EVERY_MS = 200;
/** Clients give up after a minute without progress, and proxies close silent connections. */
const WAITING_EVERY_MS = 10_000;

const HEADERS = { ...STREAM_HEADERS, 'x-accel-buffering': 'no' };

/**
 * Answers by events: `notifications/progress` with the text that has arrived since the last one, then the result. While
 * nothing arrives, a notification every 10 s says so.
 *
 * @param run never rejects
 */
export function answerByEvents(
  token: string | number,
  run: (progress: Progress) => Promise<JsonObject>,
  call: Call,
): Response {
  const { readable, writable } = new IdentityTransformStream();
  const streamed = writeEvents(token, run, writable.getWriter(), call);
  call.report.streamed = streamed;
  call.waitUntil(streamed);
  return new Response(readable, { headers: HEADERS });
}

async function writeEvents(
  progressToken: string | number,
  run: (progress: Progress) => Promise<JsonObject>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  call: Call,
): Promise<void> {
  // A write fails when the client has left: then `run` is given up, too.
  const write = (message: JsonObject) => writer.write(encodeEvent(message)).catch(() => {});
  let progress = 0;
  let text = '';
  let last = Date.now();
  const notify = (message: string) => {
    progress++;
    last = Date.now();
    text = '';
    return write({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress, message } });
  };
  let stopWaiting = () => {};
  const wait = () => {
    stopWaiting = call.deadlines.in(WAITING_EVERY_MS, () => {
      if (Date.now() - last >= WAITING_EVERY_MS) notify('Waiting for the model.');
      wait();
    });
  };
  wait();
  const answer = await run((piece) => {
    text += piece;
    if (Date.now() - last >= NOTIFY_EVERY_MS) notify(text);
  });
  stopWaiting();
  if (text !== '') notify(text);
  await write(answer);
  await writer.close().catch(() => {});
}

/** A single message as a stream, for a client that accepts nothing else. */
export function oneEvent(message: JsonObject): Response {
  return new Response(encodeEvent(message), { headers: HEADERS });
}
