import { asApiError } from './errors.ts';

/** How often a comment keeps the connection open until the first event. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Answers with server-sent events in OpenAI's manner: one unnamed `data:` line per value, `[DONE]` at a good end. A
 * failure on the way is sent as an error event, with no `[DONE]` after it: SDKs take a stream that just ends for a
 * complete one. What `produce` throws before it returns its promise is thrown from here, so it can still be a status.
 */
export function eventStream(
  produce: (send: (value: unknown) => void) => Promise<void>,
  report: (error: unknown) => void,
): Response {
  const encoder = new TextEncoder();
  let keepAlive: NodeJS.Timeout;
  let left = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (line: string) => left || controller.enqueue(encoder.encode(`${line}\n\n`));
      const data = (text: string) => {
        clearInterval(keepAlive);
        write(`data: ${text}`);
      };
      const work = produce((value) => data(JSON.stringify(value)));
      keepAlive = setInterval(write, KEEP_ALIVE_MS, ': keep-alive');
      work
        .then(
          () => data('[DONE]'),
          (error) => {
            report(error);
            data(JSON.stringify(asApiError(error).body));
          },
        )
        .then(() => left || controller.close());
    },
    cancel() {
      left = true;
      clearInterval(keepAlive);
    },
  });
  return new Response(body, {
    headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache, no-transform' },
  });
}
