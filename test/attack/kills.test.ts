import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Running, startWorkerd } from '../chaos/workerd.ts';
import { bundle } from '../support/gateway.ts';
import { randomFrom } from '../support/random.ts';
import { isSoak } from '../support/soak.ts';
import { listen, type Origin } from '../support/stack.ts';

/**
 * Limits of many clients at once, over three isolates of each of many processes, which are killed one after
 * another.
 */

const KEY = 'sk-operator';
const ROUNDS = 20;
const ISOLATES = 3;
const CLIENTS = 30;
/** Of the whole day, for all processes together. */
const REQUESTS = ROUNDS * 200;
const TOKENS_OF_CHAT = 500;
const TOKENS = ROUNDS * 20 * TOKENS_OF_CHAT;
/** An isolate leases at most 0.5% of what is left. */
const LEASE = Math.max(1, Math.floor(REQUESTS / 200));

let folder: string | undefined;
let storage: string | undefined;
let host: Origin;
let worker: Running | undefined;
let calls = 0;

beforeAll(async () => {
  if (!isSoak) return;
  folder = await bundle();
  storage = await mkdtemp(join(tmpdir(), 'cedalion-kills-'));
  host = await listen(
    createServer((request, response) => {
      request.resume();
      calls++;
      const usage = { prompt_tokens: 0, completion_tokens: TOKENS_OF_CHAT, total_tokens: TOKENS_OF_CHAT };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'x' } }], usage }));
    }),
  );
});
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
  for (const path of [folder, storage]) if (path) await rm(path, { recursive: true, force: true });
});

function start(): Promise<Running> {
  const settings = {
    API_KEYS: KEY,
    TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters',
    OPENAI_BASE_URL: `${host.url}/v1`,
    IP_REQUESTS_PER_MINUTE: '0',
  };
  return startWorkerd({
    script: join(folder ?? '', 'worker.js'),
    settings,
    isolates: ISOLATES,
    storage: storage ?? '',
  });
}

async function createToken({ port }: Running, subject: string, limits: object): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/client_secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ subject, limits, expires_after: { seconds: 3_600 } }),
  });
  return ((await answer.json()) as { value: string }).value;
}

interface Counted {
  readonly token: string;
  readonly chat: boolean;
  admitted: number;
  refused: number;
}

/** One client: sends until its process is gone, or until it is told to stop. */
async function client({ ports }: Running, first: number, counted: Counted, isOver: () => boolean): Promise<void> {
  for (let i = first; !isOver(); i++) {
    const url = `http://127.0.0.1:${ports[i % ports.length]}/v1/${counted.chat ? 'chat/completions' : 'models/text'}`;
    const body = JSON.stringify({ model: 'openai/m', messages: [{ role: 'user', content: 'hi' }], max_tokens: 10 });
    const headers = { authorization: `Bearer ${counted.token}`, 'content-type': 'application/json' };
    try {
      const answer = await fetch(url, counted.chat ? { method: 'POST', headers, body } : { headers });
      await answer.arrayBuffer();
      if (answer.status === 200) counted.admitted++;
      else if (answer.status === 429) counted.refused++;
      else expect(answer.status).toBe(200);
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

// In `npm test`, processes/limits.test.ts kills one.
it.runIf(isSoak)(
  `hold over ${ROUNDS} kill -9 of processes with ${ISOLATES} isolates, for ${CLIENTS} clients at once`,
  async () => {
    const random = randomFrom(19);
    worker = await start();
    const requests: Counted = {
      token: await createToken(worker, 'requests', { requests_per_day: REQUESTS }),
      ...{ chat: false, admitted: 0, refused: 0 },
    };
    const chats: Counted = {
      token: await createToken(worker, 'chats', { tokens_per_day: TOKENS }),
      ...{ chat: true, admitted: 0, refused: 0 },
    };
    const all = (running: Running, isOver: () => boolean) =>
      Promise.all(
        Array.from({ length: CLIENTS }, (_, i) => client(running, i, i % 10 === 0 ? chats : requests, isOver)),
      );
    for (let round = 0; round < ROUNDS; round++) {
      const sending = all(worker, () => false);
      await sleep(50 + random() * 250);
      await worker.stop();
      await sending;
      worker = await start();
    }
    const inFlight = ROUNDS * (CLIENTS + ISOLATES * LEASE);
    expect(requests.admitted).toBeLessThanOrEqual(REQUESTS);
    // What is left is still there, and then nothing.
    requests.refused = 0;
    await all(worker, () => requests.refused >= CLIENTS && chats.refused >= CLIENTS);
    expect(requests.admitted).toBeLessThanOrEqual(REQUESTS);
    expect(requests.admitted).toBeGreaterThanOrEqual(REQUESTS - inFlight);
    // A budget is overrun by the chats in flight at most, and each that the host answered counts.
    expect(calls * TOKENS_OF_CHAT).toBeLessThanOrEqual(TOKENS + (ROUNDS + 1) * CLIENTS * TOKENS_OF_CHAT);
    expect(chats.admitted).toBeGreaterThan(0);
    const { admitted } = requests;
    console.info(`kills: ${ROUNDS}; ${admitted} of ${REQUESTS} requests and ${chats.admitted} chats were admitted`);
  },
  300_000,
);
