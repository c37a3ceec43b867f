import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listen, type Origin } from '../support/stack.ts';

export interface Received {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** How long it takes. */
  readonly ms?: number;
}

export interface Receiver extends Origin {
  readonly received: Received[];
  /** What the next requests get, in turn; 204 after that. */
  replies: Reply[];
  at(path: string): Received[];
}

/** A receiver of webhooks on loopback. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = await listen(
    createServer(async (request, response) => {
      const at = Date.now();
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push({ at, path: request.url ?? '', headers: flat(request.headers), body });
      const { status, headers = {}, ms = 0 } = receiver.replies.shift() ?? { status: 204 };
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      response.writeHead(status, headers).end();
    }),
  );
  const receiver: Receiver = {
    ...server,
    received,
    replies: [],
    at: (path) => received.filter((one) => one.path === path),
  };
  return receiver;
}

const flat = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
