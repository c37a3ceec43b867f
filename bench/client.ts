import { Agent, request } from 'node:http';

export interface HttpRequest {
  readonly path: string;
  /** JSON, unless they name another content type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** Milliseconds from sending to the first byte of the body. */
  readonly firstByteMs: number;
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY });

export function post(port: number, { path, headers, body }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let firstByteMs = 0;
        response.on('data', (chunk: Buffer) => {
          if (chunks.length === 0) firstByteMs = performance.now() - start;
          chunks.push(chunk);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), firstByteMs }),
        );
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
