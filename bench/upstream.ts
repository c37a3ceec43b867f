import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { png } from './picture.ts';

/**
 * The host that every gateway forwards to, and the stores behind Cedalion's KV binding and the Cache API, in
 * a
 * process of their own, so that their work is not counted. The model id determines the answer:
 * `whole-<bytes>` is a complete
 * answer of this size, `events-<count>-<milliseconds between them>` a stream, `vectors-<dimensions>`
 * embeddings.
 */

const WORD = 'word ';
/** The store removes its least recently used values beyond this. */
const MAX_STORED_BYTES = 256e6;

const head = { id: 'chatcmpl-bench', object: 'chat.completion', created: 1_760_000_000, model: 'bench' };
const usage = { prompt_tokens: 40, completion_tokens: 200, total_tokens: 240 };
const completeAnswer = (content: string) =>
  JSON.stringify({
    ...head,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
  });
const usualAnswer = completeAnswer(WORD.repeat(200));
const completion = JSON.stringify({
  ...head,
  object: 'text_completion',
  choices: [{ index: 0, text: WORD.repeat(200), logprobs: null, finish_reason: 'stop' }],
  usage,
});
/** Vectors of the sizes that the requests ask for, as base64 of float32. */
const vectors = new Map([96, 512, 1536].map((length) => [length, vectorOf(length)]));
const CLIP: Readonly<Record<string, number>> = { 'tiny-clip': 96, 'openai/clip-vit-base-patch32': 512 };
const pictures = new Map<number, Buffer>();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await readText(request);
  if (request.url?.endsWith('/chat/completions')) {
    const { model } = JSON.parse(text) as { model: string };
    const [, count, delay] = /^events-(\d+)-(\d+)$/.exec(model) ?? [];
    if (count !== undefined) return stream(response, Number(count), Number(delay));
    const [, bytes] = /^whole-(\d+)$/.exec(model) ?? [];
    return json(response, bytes === undefined ? usualAnswer : completeAnswer('x'.repeat(Number(bytes))));
  }
  if (request.url?.endsWith('/completions')) return json(response, completion);
  if (request.url?.endsWith('/audio/transcriptions')) return json(response, JSON.stringify({ text: WORD.repeat(200) }));
  if (request.url?.endsWith('/embeddings')) {
    const { model, input } = JSON.parse(text) as { model: string; input: string | string[] };
    const embedding = vectors.get(CLIP[model] ?? Number(model.replace('vectors-', '')));
    const data = [input].flat().map((_, index) => ({ object: 'embedding', index, embedding }));
    const tokens = 8 * data.length;
    return json(
      response,
      JSON.stringify({ object: 'list', data, model: 'bench', usage: { prompt_tokens: tokens, total_tokens: tokens } }),
    );
  }
  const [, bytes = 1e6] = /(\d+) bytes/.exec(text) ?? [];
  const picture = pictures.get(Number(bytes)) ?? png(Number(bytes));
  pictures.set(Number(bytes), picture);
  if (request.url?.endsWith('/images/edits')) {
    return json(response, JSON.stringify({ created: 1, data: [{ b64_json: picture.toString('base64') }] }));
  }
  response.writeHead(200, { 'content-type': 'image/png', 'content-length': picture.byteLength }).end(picture);
}

/** One chunk per event. Without a delay, each turn of the event loop sends one. */
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

/** The HTTP that workerd sends for a KV binding: bulk reads by POST, single reads by GET, writes by PUT. */
function keyValueStore() {
  const stored = new Map<string, Buffer>();
  let bytes = 0;
  const remove = (key: string) => {
    bytes -= stored.get(key)?.byteLength ?? 0;
    stored.delete(key);
  };
  const set = (key: string, value: Buffer) => {
    remove(key);
    stored.set(key, value);
    bytes += value.byteLength;
    for (const oldest of stored.keys()) {
      if (bytes <= MAX_STORED_BYTES) break;
      remove(oldest);
    }
  };
  const get = (key: string) => {
    const value = stored.get(key);
    if (value) set(key, value);
    return value;
  };
  return async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://kv');
    const key = decodeURIComponent(pathname.slice(1));
    const body = await readBytes(request);
    if (request.method === 'PUT') {
      set(key, body);
      response.end();
    } else if (request.method === 'POST') {
      const { keys } = JSON.parse(body.toString()) as { keys: string[] };
      json(response, JSON.stringify(Object.fromEntries(keys.map((name) => [name, get(name)?.toString() ?? null]))));
    } else {
      const value = get(key);
      response.writeHead(value ? 200 : 404).end(value);
    }
  };
}

/**
 * The HTTP that workerd sends for the Cache API. What is stored comes as a whole answer of HTTP/1.1: its head
 * and its body.
 */
function cacheApi() {
  const stored = new Map<string, { head: Record<string, string>; body: Buffer }>();
  return async (request: IncomingMessage, response: ServerResponse) => {
    const name = `${request.headers.host}${request.url}`;
    const sent = await readBytes(request);
    if (request.method === 'PUT') {
      const end = sent.indexOf('\r\n\r\n');
      const lines = sent.subarray(0, end).toString().split('\r\n').slice(1);
      const head = Object.fromEntries(lines.map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]));
      if (/chunked/i.test(JSON.stringify(head))) throw new Error('The entry is sent in chunks.');
      stored.set(name, { head, body: sent.subarray(end + 4) });
      response.writeHead(204).end();
      return;
    }
    const entry = stored.get(name);
    const status = { 'cf-cache-status': entry ? 'HIT' : 'MISS' };
    response.writeHead(entry ? 200 : 504, { ...entry?.head, ...status }).end(entry?.body);
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
process.send?.({
  upstream: await listen(answer),
  kv: await listen(keyValueStore()),
  cache: await listen(cacheApi()),
});
