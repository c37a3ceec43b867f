import type { Call } from '../../call/call.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { errorOf, type StreamError } from './error-event.ts';
import { EventReader } from './event-reader.ts';
import { encode, encodeEvent } from './sse.ts';
import { transformed } from './transformed.ts';

/** What becomes of the parts of a stream. Each returns the `data` of an event, or undefined for none. */
export interface Rewrite {
  event(json: Record<string, unknown>): unknown;
  error(error: StreamError): unknown;
  done(): unknown;
}

/**
 * Rewrites a stream event by event, for the few that cannot pass through unchanged. Comments pass. Nothing
 * follows an error.
 */
export function rewriteEvents(
  body: ReadableStream<Uint8Array>,
  rewrite: Rewrite,
  { outcome, cancellation }: Call,
): ReadableStream<Uint8Array> {
  const reader = new EventReader();
  let hasFailed = false;
  const rewritten = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      for (const item of reader.read(chunk)) {
        if (hasFailed) return;
        if (item.kind === 'comment') controller.enqueue(encode(`${item.text}\n\n`));
        const error = errorOf(item);
        if (error) {
          hasFailed = true;
          outcome.fail(error.code);
        }
        const event = error
          ? rewrite.error(error)
          : item.kind === 'event'
            ? rewrite.event(item.json)
            : item.kind === 'done'
              ? rewrite.done()
              : undefined;
        if (event !== undefined) controller.enqueue(encodeEvent(event));
        // Closes the request to the host, which may go on.
        if (item.kind === 'unreadable')
          cancellation.cancel(invalidAnswer('of the model', 'with an event that is not JSON'));
      }
    },
  });
  return transformed(body, rewritten);
}
