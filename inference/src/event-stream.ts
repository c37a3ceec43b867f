import { asApiError } from './errors.ts';

/** Interval of the comments that keep the connection open until the first event. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Returns a stream of server-sent events in OpenAI's format: one unnamed `data:` line per value, then
 * `[DONE]`. A failure is sent as an error event without `[DONE]`, because SDKs treat a stream that just ends
 * as complete. Errors that `produce` throws before it returns its promise are rethrown here, so they can
 * still become an HTTP status.
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
