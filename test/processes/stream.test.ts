import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Running, startWorkerd } from '../chaos/workerd.ts';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';

const EVENTS = 60;

let host: Server;
let worker: Running;
/** The client has the first event: the host sends the others. */
let hasFirst: () => void;
const first = new Promise<void>((resolve) => {
  hasFirst = resolve;
});

beforeAll(async () => {
  host = createServer(async (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let i = 0; i < EVENTS; i++) {
      const choices = [{ index: 0, delta: { content: `${i} ` }, finish_reason: i === EVENTS - 1 ? 'stop' : null }];
      response.write(`data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices })}\n\n`);
      if (i === 0) await first;
    }
    response.end('data: [DONE]\n\n');
  }).listen(0, '127.0.0.1');
  const folder = await bundle();
  const { port } = host.address() as AddressInfo;
  worker = await startWorkerd({
    script: join(folder, 'worker.js'),
    settings: { API_KEYS: LOCAL_KEY, OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: 'sk-host' },
  });
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  await worker?.stop();
  host?.close();
});

it('delivers the first event of a stream before its host sends the second, and all events in order', async () => {
  const response = await fetch(`http://127.0.0.1:${worker.port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/m', messages: [{ role: 'user', content: 'count' }], stream: true }),
  });
  let text = '';
  for await (const piece of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes('\n\n')) hasFirst();
  }
  const events = text.split('\n\n').filter((event) => event !== '');
  const counted = Array.from({ length: EVENTS }, (_, i) => `${i} `);
  expect(events.at(-1)).toBe('data: [DONE]');
  expect(events.slice(0, -1).map((event) => JSON.parse(event.slice(6)).choices[0].delta.content)).toEqual(counted);
});
