import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PNG } from './pictures.ts';

export interface StubOrigin {
  readonly url: string;
  stop(): Promise<void>;
}

const DIMENSIONS = 96;

/** A local host with the origin's routes and fixed answers, for tests of the Worker alone. */
export async function startStubOrigin(): Promise<StubOrigin> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === 'GET') {
      response.writeHead(404).end();
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const json = (value: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    if (request.url?.startsWith('/models/')) {
      response.setHeader('content-type', 'image/png');
      response.end(PNG);
    } else if (request.url === '/embeddings') {
      const vector = Array.from({ length: DIMENSIONS }, (_, i) => (i === 0 ? 1 : 0));
      json({
        data: body.input.map((_: unknown, index: number) => ({ index, embedding: vector })),
        usage: { prompt_tokens: 1 },
      });
    } else if (body.stream) {
      response.setHeader('content-type', 'text/event-stream');
      const delta = {
        id: 'c',
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }],
      };
      response.end(`data: ${JSON.stringify(delta)}\n\ndata: [DONE]\n\n`);
    } else {
      json({
        id: 'c',
        created: 1,
        model: 'stub',
        choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, text: 'x', finish_reason: 'stop' }],
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
