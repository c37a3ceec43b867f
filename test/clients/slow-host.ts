import { createServer, type ServerResponse } from 'node:http';
import { listen, type Origin } from '../support/stack.ts';

export interface SlowHost extends Origin {
  /** Requests for the model `slow`. */
  readonly asked: number;
  /** Of them, those whose client left before the end. */
  readonly left: number;
  /** Ends the streams that have begun. */
  finish(): void;
}

const delta = (content: string) =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content } }] })}\n\n`;

/**
 * A host whose model `slow` sends two words, and the third when it is told to. Without `stream` it sends
 * nothing. All other models are those of another host.
 */
export async function startSlowHost(other: string): Promise<SlowHost> {
  const open = new Set<ServerResponse>();
  let asked = 0;
  let left = 0;
  const server = await listen(
    createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = JSON.parse(Buffer.concat(chunks).toString());
      if (body.model !== 'slow') {
        const answer = await fetch(`${other}${request.url}`, { method: 'POST', body: JSON.stringify(body) });
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(Buffer.from(await answer.arrayBuffer()));
        return;
      }
      asked++;
      response.on('close', () => {
        if (!response.writableEnded) left++;
        open.delete(response);
      });
      if (!body.stream) return;
      open.add(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(delta('one'));
      // After the time within which texts are joined to one notification.
      setTimeout(() => response.write(delta(' two')), 300);
    }),
  );
  return {
    ...server,
    get asked() {
      return asked;
    },
    get left() {
      return left;
    },
    finish() {
      for (const response of open) response.end(`${delta(' three')}data: [DONE]\n\n`);
    },
  };
}
