import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, type Origin } from '../support/stack.ts';

const BETWEEN_EVENTS_MS = 25;

/**
 * Proxies the inference server and delays the events of a stream. Without the delay the tiny model finishes a
 * sentence before a test can press Stop.
 */
export function startPacedProxy(origin: string): Promise<Origin> {
  return listen(
    createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const left = new AbortController();
      response.on('close', () => left.abort());
      try {
        const answer = await fetch(`${origin}${request.url}`, {
          method: request.method ?? 'GET',
          headers: {
            'content-type': request.headers['content-type'] ?? '',
            accept: request.headers.accept ?? '*/*',
          },
          body: request.method === 'POST' ? Buffer.concat(chunks) : null,
          signal: left.signal,
        });
        const type = answer.headers.get('content-type') ?? '';
        response.writeHead(answer.status, { 'content-type': type });
        if (!type.startsWith('text/event-stream')) {
          response.end(Buffer.from(await answer.arrayBuffer()));
          return;
        }
        for (const event of (await answer.text()).split(/(?<=\n\n)/)) {
          response.write(event);
          await sleep(BETWEEN_EVENTS_MS, undefined, { signal: left.signal });
        }
        response.end();
      } catch (error) {
        if (!left.signal.aborted) throw error;
      }
    }),
  );
}
