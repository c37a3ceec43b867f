import { rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';
import { listen, type Origin } from '../support/stack.ts';
import { chunk } from './events.ts';
import { type Running, startWorkerd } from './workerd.ts';

/**
 * Whole answers that are collected from a stream (HOST_OPTIONS), whose host fails after white space was sent.
 */

const WORDS = 'The engine ran out of memory.';

/** Settles when the Worker has closed a request to the host that was not answered. */
const left = Promise.withResolvers<void>();

let host: Origin;
let worker: Running;
beforeAll(async () => {
  host = await listen(
    createServer(async (incoming, response) => {
      let body = '';
      for await (const part of incoming) body += part;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${chunk({ content: 'One' }, null)}\n\n`);
      response.on('close', () => {
        if (!response.writableEnded) left.resolve();
      });
      await setTimeout(body.includes('endless') ? 20_000 : 1_500, undefined, { ref: false });
      response.end(`data: ${JSON.stringify({ error: { message: WORDS, code: 500 } })}\n\n`);
    }),
  );
  const folder = await bundle();
  worker = await startWorkerd({
    script: join(folder, 'worker.js'),
    settings: {
      API_KEYS: LOCAL_KEY,
      OPENAI_BASE_URL: `${host.url}/v1`,
      KEEPALIVE_SECONDS: '1',
      HOST_OPTIONS: JSON.stringify({ openai: { collect: true } }),
    },
  });
  await rm(folder, { recursive: true });
});
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
});

test.concurrent('a client that leaves is seen by the next white space, and the request to the host is closed', async () => {
  const leaving = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${worker.port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/endless', messages }),
    signal: leaving.signal,
  });
  expect(answer.status).toBe(200);
  leaving.abort();
  await left.promise;
});

interface Got {
  readonly status: number | undefined;
  readonly text: string;
  readonly isWhole: boolean;
}

function ask(path: string, body: object, more: Record<string, string> = {}): Promise<Got> {
  const { promise, resolve } = Promise.withResolvers<Got>();
  const headers = { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json', ...more };
  const outgoing = request({ host: '127.0.0.1', port: worker.port, path, method: 'POST', agent: false, headers });
  outgoing.on('response', (response) => {
    const parts: Buffer[] = [];
    const end = (isWhole: boolean) =>
      resolve({ status: response.statusCode, text: Buffer.concat(parts).toString(), isWhole });
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => end(response.complete));
    response.on('error', () => end(false));
  });
  outgoing.end(JSON.stringify(body));
  return promise;
}

const model = 'openai/m';
const messages = [{ role: 'user', content: 'Go.' }];

describe('a failure after white space was sent', () => {
  test.concurrent.each([
    ['a chat', '/v1/chat/completions', { model, messages }],
    ['a completion', '/v1/completions', { model, prompt: 'Go.' }],
    ['a chat of the hub', `/models/${model}/v1/chat/completions`, { messages }],
  ])('is told as JSON, and breaks the connection: %s', async (_, path, body) => {
    const { status, text, isWhole } = await ask(path, body);
    expect([status, isWhole]).toEqual([200, false]);
    expect(text).toMatch(/^ +\{/);
    expect(JSON.parse(text)).toMatchObject({
      error: { message: expect.stringContaining(WORDS), code: 'upstream_error' },
    });
  });

  test.concurrent.each([
    ['a response', '/v1/responses', { model, input: 'Go.' }],
    ['a prompt', '/v1/prompts/summarize', { model, variables: { text: 'Go.' } }],
    ['a text generation of the hub', `/models/${model}`, { inputs: 'Go.' }],
    ['a summary of the hub', `/models/${model}/pipeline/summarization`, { inputs: 'Go.' }],
    ['a run', '/v1/chat/completions', { model, messages }],
  ])('keeps its status where the answer is read first: %s', async (surface, path, body) => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const { status, text, isWhole } = await ask(path, body, surface === 'a run' ? key : {});
    expect([status, isWhole], text).toEqual([502, true]);
    expect(text).toContain(WORDS);
  });

  test.concurrent('is told to an agent as the result of its tool', async () => {
    const call = { name: 'chat', arguments: { model, prompt: 'Go.' } };
    const { text } = await ask('/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: call });
    expect(JSON.parse(text)).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringContaining(WORDS) }] },
    });
  });
});
