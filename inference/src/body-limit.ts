import { createMiddleware } from 'hono/factory';
import type { Served } from './app.ts';
import { ApiError } from './errors.ts';

/**
 * Rejects bodies that are too large. Hono's own `bodyLimit` fails for every body without Content-Length: it
 * copies the adapter's request, and only Node's own requests can be copied.
 */
export function bodyLimit(maxBytes: number) {
  return createMiddleware<Served>(async (c, next) => {
    const { body, headers, method, signal } = c.req.raw;
    if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
    if (body && headers.has('transfer-encoding')) {
      c.req.raw = new Request(c.req.url, { method, headers, signal, body: await readBytes(body, maxBytes) });
    }
    await next();
  });
}

async function readBytes(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): ApiError {
  return new ApiError('body_too_large', 'The request body is too large.');
}
