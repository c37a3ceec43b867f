import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** One request at the faulty upstream, and the means to answer it badly. */
export class Exchange {
  /** 1 for the first request of a run: a gateway that retries comes again. */
  readonly attempt: number;
  readonly wantsStream: boolean;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly #run: Run;

  constructor(wantsStream: boolean, response: ServerResponse, socket: Socket, run: Run) {
    this.attempt = ++run.attempts;
    this.wantsStream = wantsStream;
    this.response = response;
    this.socket = socket;
    this.#run = run;
  }

  json(status: number, text: string, headers: Record<string, string> = {}): void {
    this.response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  }

  /** Begins a stream of events. */
  begin(headers: Record<string, string> = {}): void {
    this.response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    this.response.flushHeaders();
  }

  /** Sends each piece in a packet of its own, as far as the sockets in between allow. */
  async write(pieces: Iterable<string | Uint8Array>): Promise<void> {
    for (const piece of pieces) {
      if (this.socket.destroyed) return;
      this.#run.bytes += Buffer.byteLength(piece);
      if (!this.response.write(piece)) await this.#room();
      await setImmediate();
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.response.off('drain', go).off('close', go);
        resolve();
      };
      this.response.once('drain', go).once('close', go);
    });
  }

  /** Writes past the HTTP library, which would not let anything false through. */
  raw(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Breaks the connection the hard way: the other side sees ECONNRESET. */
  async reset(): Promise<void> {
    // What was written before is to arrive before.
    await new Promise((resolve) => setTimeout(resolve, 30));
    this.socket.resetAndDestroy();
  }

  /** Says that the point has come at which the client is to leave. */
  reached(): void {
    this.#run.reach();
  }
}

/** What the upstream saw of one run of a scenario. */
export class Run {
  attempts = 0;
  bytes = 0;
  readonly reached: Promise<void>;
  readonly closed: Promise<void>;
  reach!: () => void;
  close!: () => void;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.reach = resolve;
    });
    this.closed = new Promise((resolve) => {
      this.close = resolve;
    });
  }
}

export interface FaultyUpstream {
  readonly port: number;
  run(name: string): Run;
  stop(): Promise<void>;
}

/** How a scenario answers one request. */
export type Serve = (exchange: Exchange) => void | Promise<void>;

/**
 * Starts an OpenAI-compatible host that misbehaves on request: the model id is `<scenario>.<run>`, and each
 * run is counted by itself, so that many can go on at once.
 *
 * @param port 0 for any
 */
export async function startUpstream(faults: ReadonlyMap<string, Serve>, port = 0): Promise<FaultyUpstream> {
  const runs = new Map<string, Run>();
  const runOf = (model: string) => {
    const run = runs.get(model) ?? new Run();
    runs.set(model, run);
    return run;
  };
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    try {
      const { model, stream } = await readBody(request);
      const serve = faults.get(model.split('.')[0] ?? '');
      if (!serve) {
        response.writeHead(404).end();
        return;
      }
      const run = runOf(model);
      response.once('close', run.close);
      await serve(new Exchange(stream === true, response, socket, run));
    } catch {
      socket.destroy();
    }
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    run: runOf,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readBody(request: IncomingMessage): Promise<{ model: string; stream?: boolean }> {
  let text = '';
  for await (const bytes of request.setEncoding('utf8')) text += bytes;
  return JSON.parse(text);
}
