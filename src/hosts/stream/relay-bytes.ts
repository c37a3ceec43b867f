import { declaredLength } from '../../base/bytes/bounded-body.ts';
import type { Call } from '../../call/call.ts';

/**
 * Streams the bytes of an answer on as they arrive. If the host breaks off, so does the connection to the
 * client: it never looks like the end of the bytes.
 */
export function relayBytes(
  response: Response,
  { type, call }: { readonly type: string; readonly call: Call },
): Response {
  // Through a pipe, since a body that is passed on directly outlives every timer and would ignore the total
  // limit.
  const length = declaredLength(response);
  const { readable, writable } = length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length);
  const piped = (response.body ?? new Blob([]).stream()).pipeTo(writable);
  call.outcome.streamUntil(piped);
  // Whoever reads the bytes handles a failure.
  call.waitUntil(piped.catch(() => {}));
  const headers = { 'content-type': type, ...(length === undefined ? {} : { 'content-length': String(length) }) };
  return new Response(readable, { headers });
}

/** Reports why an answer broke off that goes to the client, who only sees a connection that breaks. */
export function noteBreak(answer: Response, { outcome, cancellation }: Call): Response {
  outcome.failIfBroken(() => cancellation.reason?.code ?? 'upstream_unreachable');
  return answer;
}
