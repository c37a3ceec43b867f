import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, startWorkerd } from '../chaos/workerd.ts';
import { bundle } from '../support/gateway.ts';
import { listen, type Origin } from '../support/stack.ts';

/** Limits over several isolates of one process, which share the objects that count, and over `kill -9`. */

const KEY = 'sk-operator';
/** What each answer of the host used. */
const TOKENS = 500;

let folder: string;
let host: Origin;
/** Whether the host leaves requests unanswered, how many it has, and how many of them were closed. */
const held = { isHolding: false, count: 0, closed: 0 };

beforeAll(async () => {
  folder = await bundle();
  const server: Server = createServer((request, response) => {
    request.resume();
    const answer = () => {
      const usage = { prompt_tokens: 0, completion_tokens: TOKENS, total_tokens: TOKENS };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'x' } }], usage }));
    };
    if (!held.isHolding) setTimeout(answer, 5);
    else {
      held.count++;
      response.on('close', () => held.closed++);
    }
  });
  host = await listen(server);
});

afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true, force: true });
});

function start(more: { isolates?: number; storage?: string } = {}): Promise<Running> {
  const settings = {
    API_KEYS: KEY,
    TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters',
    OPENAI_BASE_URL: `${host.url}/v1`,
  };
  return startWorkerd({ script: join(folder, 'worker.js'), settings, ...more });
}

async function createToken({ port }: Running, limits: object, subject = 'someone'): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/client_secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ subject, limits, expires_after: { seconds: 3_600 } }),
  });
  return ((await answer.json()) as { value: string }).value;
}

const models = (port: number, token: string) =>
  fetch(`http://127.0.0.1:${port}/v1/models/text`, { headers: { authorization: `Bearer ${token}` } });

const chat = (port: number, token: string, more: object = {}) =>
  fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/m', messages: [{ role: 'user', content: 'hi' }], max_tokens: 10, ...more }),
  });

/** The same from a client whose connection breaks. @returns a function that breaks it */
function leaving(port: number, token: string, path: string, body: object): () => void {
  const accept = 'application/json, text/event-stream';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept };
  const sent = httpRequest({ port, method: 'POST', path, headers });
  sent.on('error', () => {});
  sent.end(JSON.stringify(body));
  return () => sent.socket?.resetAndDestroy();
}

/** Sends requests to all isolates in turn, 50 at the same time. @returns how many were admitted */
async function admitted(worker: Running, token: string, count: number): Promise<number> {
  let next = 0;
  let accepted = 0;
  const client = async () => {
    while (next < count) {
      const port = worker.ports[next++ % worker.ports.length] as number;
      const answer = await models(port, token);
      await answer.arrayBuffer();
      if (answer.status === 200) accepted++;
      else expect(answer.status).toBe(429);
    }
  };
  await Promise.all(Array.from({ length: 50 }, client));
  return accepted;
}

describe('a limit over three isolates', () => {
  const isolates = 3;
  let worker: Running;
  beforeAll(async () => {
    worker = await start({ isolates });
  });
  afterAll(() => worker?.stop());

  it('of 100 a minute admits exactly 100 of 1,000', async () => {
    const token = await createToken(worker, { requests_per_minute: 100 }, 'exact');
    expect(await admitted(worker, token, 1_000)).toBe(100);
  });

  it('of 1,000 a minute, which is leased, never admits more, and misses at most the rest of each lease', async () => {
    const token = await createToken(worker, { requests_per_minute: 1_000 }, 'leased');
    const accepted = await admitted(worker, token, 1_500);
    expect(accepted).toBeLessThanOrEqual(1_000);
    expect(accepted).toBeGreaterThanOrEqual(1_000 - isolates * 9);
  });

  it('of a budget is overrun by no more than what the requests in flight use', async () => {
    const limit = 5_000;
    const inFlight = 4;
    const token = await createToken(worker, { tokens_per_day: limit }, 'budget');
    let answered = 0;
    let refusals = 0;
    const client = async (port: number) => {
      while (refusals === 0) {
        const answer = await chat(port, token);
        await answer.arrayBuffer();
        if (answer.status === 200) answered++;
        else refusals++;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, (_, i) => client(worker.ports[i % isolates] as number)));
    expect(answered * TOKENS).toBeGreaterThanOrEqual(limit - inFlight * TOKENS);
    expect(answered * TOKENS).toBeLessThanOrEqual(limit + inFlight * TOKENS);
  });
});

describe('a client that leaves before it is answered', () => {
  let worker: Running;
  beforeAll(async () => {
    worker = await start();
  });
  afterAll(() => worker?.stop());

  const model = 'openai/m';
  const tool = (meta: object = {}) => ({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name: 'chat', arguments: { prompt: 'hi', model, max_tokens: 100 }, _meta: meta },
  });
  it.each([
    ['a chat', '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 100 }],
    ['a prompt', '/v1/prompts/sentiment', { model, variables: { review: 'hi' }, max_tokens: 100 }],
    ['a response', '/v1/responses', { model, input: 'hi', max_output_tokens: 100 }],
    ['a message', '/v1/messages', { model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 100 }],
    [
      'a stream of a message',
      '/v1/messages',
      { model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 100, stream: true },
    ],
    ['a stream of a response', '/v1/responses', { model, input: 'hi', max_output_tokens: 100, stream: true }],
    ['a task', `/models/${model}`, { inputs: 'hi', parameters: { max_new_tokens: 100 } }],
    ['a tool', '/mcp', tool()],
    ['the first tool of a batch', '/mcp', [tool(), tool(), tool()]],
    ['a tool that reports progress', '/mcp', tool({ progressToken: 1 })],
  ])('of %s gives back its place, and its request to the host is closed', async (name, path, body) => {
    const token = await createToken(worker, { concurrent_requests: 1, tokens_per_day: 1_000 }, name);
    Object.assign(held, { isHolding: true, count: 0, closed: 0 });
    const leave = leaving(worker.port, token, path, body);
    await expect.poll(() => held.count).toBe(1);
    expect((await chat(worker.port, token)).status).toBe(429);
    leave();
    await expect.poll(() => held.closed).toBe(1);
    held.isHolding = false;
    await expect.poll(async () => (await chat(worker.port, token)).status).toBe(200);
    // What the host may have done is counted as it was estimated.
    const answer = await models(worker.port, token);
    const remaining = Number(answer.headers.get('x-ratelimit-remaining-tokens'));
    expect(remaining).toBeLessThanOrEqual(1_000 - TOKENS - 100);
    expect(remaining).toBeGreaterThan(1_000 - TOKENS - 200);
  });
});

describe('kill -9', () => {
  it('loses nothing that was settled, and what was in flight stays reserved', async () => {
    const storage = await mkdtemp(join(tmpdir(), 'cedalion-objects-'));
    const limits = { tokens_per_day: 100_000, requests_per_day: 1_000 };
    let worker = await start({ storage });
    const token = await createToken(worker, limits);
    const settled = 5;
    for (let i = 0; i < settled; i++) expect((await chat(worker.port, token)).status).toBe(200);
    // Settled at once where little is left, and within two seconds otherwise.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    Object.assign(held, { isHolding: true, count: 0 });
    chat(worker.port, token).catch(() => {});
    await expect.poll(() => held.count).toBe(1);
    await worker.stop();
    held.isHolding = false;

    worker = await start({ storage });
    const answer = await models(worker.port, token);
    const left = Number(answer.headers.get('x-ratelimit-remaining-tokens'));
    const inFlight = 100_000 - settled * TOKENS - left;
    expect(inFlight).toBeGreaterThan(0);
    // At most a lease of ten requests of about 50 tokens.
    expect(inFlight).toBeLessThan(500);
    await worker.stop();
    await rm(storage, { recursive: true });
  });
});
