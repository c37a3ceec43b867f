import { encode, encodeEvent, eventData } from './sse.ts';

/**
 * Rewrites a stream event by event, for the few that cannot pass through unchanged. Comments pass.
 *
 * @param rewrite gets the `data` of an event. @returns that of the new one, or undefined for none
 */
export function rewriteEvents(rewrite: (data: string) => unknown): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  let rest = '';
  return new TransformStream({
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
}
