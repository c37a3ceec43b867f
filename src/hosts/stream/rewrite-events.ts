import { CompleteLines, commentsIn, encode, encodeEvent, eventData } from './sse.ts';
import { transformed } from './transformed.ts';

/**
 * Rewrites a stream event by event, for the few that cannot pass through unchanged. Comments pass.
 *
 * @param rewrite gets the `data` of an event. @returns that of the new one, or undefined for none
 */
export function rewriteEvents(
  body: ReadableStream<Uint8Array>,
  rewrite: (data: string) => unknown,
): ReadableStream<Uint8Array> {
  const complete = new CompleteLines();
  const events = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const lines = complete.push(chunk);
      const comments = commentsIn(lines);
      if (comments !== '') controller.enqueue(encode(comments));
      for (const data of eventData(lines)) {
        const event = rewrite(data);
        if (event !== undefined) controller.enqueue(encodeEvent(event));
      }
    },
  });
  return transformed(body, events);
}
