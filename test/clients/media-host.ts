import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listen, type Origin } from '../support/stack.ts';

/** A form as a host reads it: by a reader that this project did not write. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly fields: Record<string, string[]>;
  readonly files: Record<string, { name: string; type: string; bytes: Buffer }[]>;
  /** The body, if it is JSON. */
  readonly json: Record<string, unknown>;
}

export interface MediaHost extends Origin {
  readonly requests: Received[];
  /** How it answers, once it has the whole request. */
  answer(response: ServerResponse, request: Received): void;
}

/** A host with OpenAI's API for sound and pictures. */
export async function startMediaHost(): Promise<MediaHost> {
  const requests: Received[] = [];
  const server = await listen(
    createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of request) chunks.push(chunk);
      } catch {
        // The Worker gave the request up.
        return;
      }
      const bytes = Buffer.concat(chunks);
      const type = request.headers['content-type'] ?? '';
      const received: Received = { path: request.url ?? '', headers: request.headers, fields: {}, files: {}, json: {} };
      if (type.startsWith('multipart/')) {
        const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
        for (const [name, value] of form) {
          if (typeof value === 'string') received.fields[name] = [...(received.fields[name] ?? []), value];
          else {
            const file = { name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) };
            received.files[name] = [...(received.files[name] ?? []), file];
          }
        }
      } else Object.assign(received.json, JSON.parse(bytes.toString()));
      requests.push(received);
      host.answer(response, received);
    }),
  );
  const host: MediaHost = { ...server, requests, answer: (response) => response.writeHead(500).end() };
  return host;
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
