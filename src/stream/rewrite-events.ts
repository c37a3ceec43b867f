import { encode, encodeEvent, eventData } from './sse.ts';
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
  const decoder = new TextDecoder();
  let rest = '';
  const events = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      rest += decoder.decode(chunk, { stream: true });
      const end = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r')) + 1;
      const lines = rest.slice(0, end);
      rest = rest.slice(end);
      for (const [comment] of lines.matchAll(/^:.*$/gm)) controller.enqueue(encode(`${comment}\n\n`));
      for (const data of eventData(lines)) {
        const event = rewrite(data);
        if (event !== undefined) controller.enqueue(encodeEvent(event));
      }
    },
  });
  return transformed(body, events);
}
