import { jsonPieces } from '../../base/bytes/json-pieces.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { encode, STREAM_HEADERS } from '../../hosts/stream/sse.ts';
import type { Id } from './json-rpc.ts';
import type { Progress } from './tool.ts';

/** More notifications than these would only keep the client busy. */
const NOTIFY_EVERY_MS = 200;
/** Clients give up after a minute without progress, and proxies close silent connections. */
const WAITING_EVERY_MS = 10_000;

type Writer = WritableStreamDefaultWriter<Uint8Array>;

/**
 * Answers by events: `notifications/progress` with the text that has arrived since the last one, then the
 * result. While nothing arrives, a notification every 10 s says so.
 *
 * @param run never rejects
 */
export function answerByEvents(token: Id, run: (progress: Progress) => Promise<JsonObject>, call: Call): Response {
  const { readable, writable } = new IdentityTransformStream();
  const streamed = writeEvents(token, run, writable.getWriter(), call);
  call.outcome.streamUntil(streamed);
  call.waitUntil(streamed);
  return new Response(readable, { headers: { ...STREAM_HEADERS, 'x-accel-buffering': 'no' } });
}

async function writeEvents(
  progressToken: Id,
  run: (progress: Progress) => Promise<JsonObject>,
  writer: Writer,
  { deadlines }: Call,
): Promise<void> {
  // A write fails when the client has left: then `run` is given up, too.
  const write = (message: JsonObject) =>
    writer.write(encode(`event: message\ndata: ${[...jsonPieces(message)].join('')}\n\n`)).catch(() => {});
  let progress = 0;
  let text = '';
  let last = Date.now();
  const notify = (message: string) => {
    progress++;
    last = Date.now();
    text = '';
    write({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress, message } });
  };
  const wait = (): (() => void) =>
    deadlines.in(WAITING_EVERY_MS, () => {
      if (Date.now() - last >= WAITING_EVERY_MS) notify('Waiting for the model.');
      stopWaiting = wait();
    });
  let stopWaiting = wait();
  const answer = await run((piece) => {
    text += piece;
    if (text !== '' && Date.now() - last >= NOTIFY_EVERY_MS) notify(text);
  });
  stopWaiting();
  if (text !== '') notify(text);
  await write(answer);
  await writer.close().catch(() => {});
}
