import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';

/**
 * The host that every gateway under measurement forwards to, and the store behind Cedalion's KV binding, in a process
 * of their own so that neither costs the gateways or the client anything. The model id says what is answered:
 * `events-<count>-<milliseconds between them>` streams, `vectors-<dimensions>` embeds.
 */

const WORD = 'word ';
const PICTURE_BYTES = 1_000_000;

const head = { id: 'chatcmpl-bench', object: 'chat.completion', created: 1_760_000_000, model: 'bench' };
const usage = { prompt_tokens: 40, completion_tokens: 200, total_tokens: 240 };
const wholeAnswer = JSON.stringify({
  ...head,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: WORD.repeat(200), refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
});
/** Vectors of the two sizes that the workloads ask for, as base64 of float32. */
const vectors = new Map([96, 512, 1536].map((length) => [length, vectorOf(length)]));
const png = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452000001000000010008020000', 'hex'),
  randomBytes(PICTURE_BYTES - 28),
]);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await readText(request);
  if (request.url?.endsWith('/chat/completions')) {
    const [, count, delay] = /^events-(\d+)-(\d+)$/.exec(JSON.parse(text).model) ?? [];
    return count === undefined ? json(response, wholeAnswer) : stream(response, Number(count), Number(delay));
  }
  if (request.url?.endsWith('/embeddings')) {
    const { model, input } = JSON.parse(text) as { model: string; input: string | string[] };
    const embedding = vectors.get(model === 'tiny-clip' ? 96 : Number(model.replace('vectors-', '')));
    const data = [input].flat().map((_, index) => ({ object: 'embedding', index, embedding }));
    const tokens = 8 * data.length;
    return json(
      response,
      JSON.stringify({ object: 'list', data, model: 'bench', usage: { prompt_tokens: tokens, total_tokens: tokens } }),
    );
  }
  response.writeHead(200, { 'content-type': 'image/png', 'content-length': png.byteLength }).end(png);
}

/** As many chunks as events: with no delay they follow each other as fast as the event loop turns. */
async function stream(response: ServerResponse, count: number, delay: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let i = 0; i < count; i++) {
    if (i > 0) await (delay > 0 ? setTimeout(delay) : setImmediate());
    const last = i === count - 1;
    const choice = { index: 0, delta: last ? {} : { content: WORD }, finish_reason: last ? 'stop' : null };
    const event = { ...head, object: 'chat.completion.chunk', choices: [choice], ...(last ? { usage } : {}) };
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

/** The HTTP that workerd speaks for a KV binding: bulk reads by POST, single reads by GET, writes by PUT. */
function keyValueStore() {
  const stored = new Map<string, Buffer>();
  return async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://kv');
    const key = decodeURIComponent(pathname.slice(1));
    const body = await readBytes(request);
    if (request.method === 'PUT') {
      stored.set(key, body);
      response.end();
    } else if (request.method === 'POST') {
      const { keys } = JSON.parse(body.toString()) as { keys: string[] };
      json(
        response,
        JSON.stringify(Object.fromEntries(keys.map((name) => [name, stored.get(name)?.toString() ?? null]))),
      );
    } else {
      const value = stored.get(key);
      response.writeHead(value ? 200 : 404).end(value);
    }
  };
}

function vectorOf(length: number): string {
  const floats = new Float32Array(length).map((_, i) => Math.sin(i) / Math.sqrt(length / 2));
  return Buffer.from(floats.buffer).toString('base64');
}

function json(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

async function readText(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString();
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<number> {
  const server: Server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    handler(request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

process.on('disconnect', () => process.exit());
process.send?.({ upstream: await listen(answer), kv: await listen(keyValueStore()) });
