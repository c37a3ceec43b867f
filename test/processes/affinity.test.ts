import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Running, startWorkerd } from '../chaos/workerd.ts';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';

/**
 * Conversations through a router in front of two providers, each a server with a prompt cache of its own. The
 * router sends what asks for the fastest provider to each of them in turn.
 */

const MODEL = 'openai/gpt-oss-20b';

interface Message {
  readonly role: string;
  readonly content: string;
}

class Provider {
  readonly name: string;
  readonly server: Server;
  seen: string[] = [];
  isDown = false;

  constructor(name: string) {
    this.name = name;
    this.server = createServer(async (request, response) => {
      const { messages } = (await json(request)) as { messages: Message[] };
      response.writeHead(this.isDown ? 500 : 200, { 'content-type': 'application/json' });
      if (this.isDown) return response.end('{"error":{"message":"out of order"}}');
      const prompt = messages.map(({ content }) => content).join('|');
      const known = this.seen.filter((before) => prompt.startsWith(before)).map(({ length }) => length);
      this.seen.push(prompt);
      return response.end(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content: this.name }, finish_reason: 'stop' }],
          usage: {
            prompt_tokens: prompt.length,
            completion_tokens: 1,
            total_tokens: prompt.length + 1,
            prompt_tokens_details: { cached_tokens: Math.max(0, ...known) },
          },
        }),
      );
    }).listen(0, '127.0.0.1');
  }
}

const first = new Provider('first');
const second = new Provider('second');
const providers = [first, second];
const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** What the router was asked for. */
let asked: string[] = [];
let turn = 0;
let namesProvider = true;
const router = createServer(async (request, response) => {
  const body = (await json(request)) as { model: string };
  asked.push(body.model);
  const choice = body.model.slice(body.model.lastIndexOf(':') + 1);
  const provider = providers.find(({ name }) => name === choice) ?? (providers[turn++ % 2] as Provider);
  const answer = await fetch(`http://127.0.0.1:${portOf(provider.server)}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    ...(namesProvider && { 'x-inference-provider': provider.name }),
  });
  response.end(await answer.text());
}).listen(0, '127.0.0.1');

let worker: Running;
let log = '';

beforeAll(async () => {
  const folder = await bundle();
  worker = await startWorkerd({
    script: `${folder}/worker.js`,
    settings: {
      API_KEYS: LOCAL_KEY,
      HF_TOKEN: 'hf_test',
      PRICES: JSON.stringify({ [MODEL]: { input: 10, cached_input: 1, output: 0 } }),
    },
    hostsPort: portOf(router),
    onOutput: (text) => {
      log += text;
    },
  });
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  await worker?.stop();
  for (const { server } of [...providers, { server: router }]) server.close();
});

beforeEach(() => {
  for (const provider of providers) Object.assign(provider, { seen: [], isDown: false });
  asked = [];
  turn = 0;
  namesProvider = true;
});

interface Sent {
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

async function post(body: object, { path = '/v1/chat/completions', headers = {} }: Sent = {}) {
  const answer = await fetch(`http://127.0.0.1:${worker.port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: MODEL, ...body }),
  });
  expect(answer.status).toBe(200);
  const target = answer.headers.get('x-cedalion-target') ?? '';
  // biome-ignore lint/suspicious/noExplicitAny: answers of three surfaces.
  return { target, answer: (await answer.json()) as any };
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
/** What a client sends in each turn of a conversation. */
const turns = (opening: string) => [
  [user(opening)],
  [user(opening), assistant('first'), user('And then?')],
  [user(opening), assistant('first'), user('And then?'), assistant('first'), user('Why?')],
];

describe('a conversation', () => {
  it('stays at the provider that its first answer named, whose prompt cache has its earlier turns', async () => {
    const cached: number[] = [];
    for (const messages of turns('Tell me a story.')) {
      const { answer } = await post({ messages });
      expect(answer.choices[0].message.content).toBe('first');
      cached.push(answer.usage.prompt_tokens_details.cached_tokens);
    }
    expect(asked).toEqual([`${MODEL}:fastest`, `${MODEL}:first`, `${MODEL}:first`]);
    expect(cached).toEqual([0, 16, 32]);
  });

  it('moves to another provider when its own fails, and stays there', async () => {
    const [one, two, three] = turns('Tell me a joke.') as [Message[], Message[], Message[]];
    await post({ messages: one });
    first.isDown = true;
    turn = 1;
    expect((await post({ messages: two })).answer.choices[0].message.content).toBe('second');
    first.isDown = false;
    expect((await post({ messages: three })).answer.choices[0].message.content).toBe('second');
    expect(asked.at(-1)).toBe(`${MODEL}:second`);
  });

  it('asks for the fastest provider in each turn if no answer names one', async () => {
    namesProvider = false;
    const cached: number[] = [];
    for (const messages of turns('Tell me a fable.')) {
      const { answer } = await post({ messages });
      cached.push(answer.usage.prompt_tokens_details.cached_tokens);
    }
    expect(asked).toEqual(Array.from({ length: 3 }, () => `${MODEL}:fastest`));
    // The third turn is the second one of its provider.
    expect(cached).toEqual([0, 0, 16]);
  });

  it.each([
    ['prompt_cache_key', { prompt_cache_key: 'a' }, { prompt_cache_key: 'b' }, {}, {}],
    ['X-Session-Id', {}, {}, { 'x-session-id': 'a' }, { 'x-session-id': 'b' }],
  ])('is known by its %s, whatever its messages are', async (_, body, other, headers, otherHeaders) => {
    await post({ ...body, messages: [user('one')] }, { headers });
    await post({ ...other, messages: [user('one')] }, { headers: otherHeaders });
    await post({ ...body, messages: [user('two')] }, { headers });
    await post({ ...other, messages: [user('two')] }, { headers: otherHeaders });
    expect(asked).toEqual([`${MODEL}:fastest`, `${MODEL}:fastest`, `${MODEL}:first`, `${MODEL}:second`]);
  });

  it('by Messages is known by its user, and says what the host read from its cache', async () => {
    const ask = (content: string) =>
      post({ max_tokens: 9, metadata: { user_id: 'u' }, messages: [user(content)] }, { path: '/v1/messages' });
    await ask('once');
    const { answer } = await ask('once upon a time');
    expect(asked.at(-1)).toBe(`${MODEL}:first`);
    expect(answer.usage).toMatchObject({ cache_read_input_tokens: 4, input_tokens: 12 });
  });

  it('by Responses says what the host read from its cache', async () => {
    const ask = (input: string) => post({ prompt_cache_key: 'r', input, store: false }, { path: '/v1/responses' });
    await ask('once');
    const { answer } = await ask('once upon a time');
    expect(answer.usage).toMatchObject({ input_tokens: 16, input_tokens_details: { cached_tokens: 4 } });
  });

  it('has the cached tokens, and their price, in the log', async () => {
    log = '';
    await post({ messages: [user('logged')] }, { headers: { 'x-session-id': 'log' } });
    await post({ messages: [user('logged')] }, { headers: { 'x-session-id': 'log' } });
    await expect.poll(() => log.trim().split('\n').length).toBe(2);
    const [before, after] = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line.slice(line.indexOf('{'))));
    expect(before).toMatchObject({ tokens: { prompt: 6, completion: 1 }, cost_usd: 60e-6 });
    expect(before.tokens).not.toHaveProperty('cached');
    expect(after).toMatchObject({ tokens: { prompt: 6, completion: 1, cached: 6 }, cost_usd: 6e-6 });
  });
});
