import { ApiError, toApiError } from '../../base/errors.ts';
import { type Call, followClient } from '../../call/call.ts';
import { aboutPart } from '../../intake/part-names.ts';
import { finish } from './end.ts';
import { encodeComment, STREAM_HEADERS } from './sse.ts';
import { untilKeepalive } from './until-keepalive.ts';

/**
 * A stream of events whose host is late: it loads a model, reads a long prompt, waits for its turn, or draws.
 * Proxies and phones drop connections that stay silent.
 *
 * @param received settles when the request has been received, if that takes long: no answer begins before
 * @returns what `answering` resolves with, if that is in time, so that a failure keeps its HTTP status; or
 * after 15 s a stream that says `: keepalive` until then, and passes it on. A failure is its last event
 * @throws what `answering` rejects with in time
 */
export async function keptAlive(answering: Promise<Response>, call: Call, received?: Promise<void>): Promise<Response> {
  if (received) await Promise.race([answering, received]);
  const inTime = await untilKeepalive(answering, call);
  if (inTime) return inTime;
  followClient(call);
  const { readable, writable } = new IdentityTransformStream();
  const streamed = relayLate(call.cancellation.race(answering), writable, call);
  call.outcome.streamUntil(streamed);
  call.waitUntil(streamed);
  return new Response(readable, { headers: STREAM_HEADERS });
}

/** Never rejects: a failure is reported by an event, since the status is sent. */
async function relayLate(
  answering: Promise<Response>,
  writable: WritableStream<Uint8Array>,
  call: Call,
): Promise<void> {
  const { outcome, cancellation, partName } = call;
  const writer = writable.getWriter();
  // The loop may end without it.
  answering.catch(() => {});
  let answer: Response | undefined;
  try {
    while (!answer) {
      await writer.write(encodeComment('keepalive')).catch(() => {
        throw new ApiError('client_closed_request', 'The client left before the first event.');
      });
      answer = await untilKeepalive(answering, call);
    }
  } catch (error) {
    // No answer has begun: a host that failed has cost nothing.
    outcome.endBody();
    writer.releaseLock();
    const failure = cancellation.reason ?? toApiError(error);
    return finish(writable, call, partName ? aboutPart(failure, partName) : failure);
  }
  try {
    // By JavaScript: workerd cannot pipe the readable of one IdentityTransformStream into another one.
    for await (const chunk of answer.body ?? []) await writer.write(chunk);
    await writer.close();
  } catch {
    // The client has left.
  }
  // How an answer ended, it says itself.
  await outcome.bodyDone?.catch(() => {});
}
