import { rm } from 'node:fs/promises';
import { createServer, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';
import { listen, type Origin } from '../support/stack.ts';
import { chunk } from './events.ts';
import { type Running, startWorkerd } from './workerd.ts';

/**
 * Streams that pause and go on, and hosts that flood, on workerd: what a client gets beside the bytes of the
 * host.
 */

const LIMIT_MS = 1_000;
const DONE = 'data: [DONE]\n\n';
const event = (text: string) => `data: ${chunk({ content: text }, null)}\n\n`;
const LAST = `data: ${chunk({}, 'stop')}\n\n`;

type Step = string | number;

/** What the host writes, and how long it pauses, by the name of the model. */
const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  pauses: [event('one'), 2_500, event('two'), 1_800, event('three'), LAST, DONE],
  'pauses-within-an-event': [event('one'), event('two').slice(0, 40), 2_500, event('two').slice(40), LAST, DONE],
  'pauses-within-lines': [
    event('one'),
    'data: {"choices":\n',
    2_500,
    'data: [{"index":0,"delta":{"content":"one"}}]}\n\n',
    LAST,
    DONE,
  ],
  'single-line-ends': [event('one').trimEnd(), '\n', 2_500, event('two').trimEnd(), `\n${LAST}`, DONE],
  'says-it-is-alive': [event('one'), 700, ': ping\n\n', 700, ': ping\n\n', 700, event('two'), LAST, DONE],
};

let host: Origin;
let worker: Running;
beforeAll(async () => {
  host = await listen(
    createServer(async (incoming, response) => {
      let body = '';
      for await (const part of incoming) body += part;
      const [, model = ''] = /"model":\s*"([^"]*)"/.exec(body) ?? [];
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (model === 'floods') return flood(response, event('x'.repeat(10_000)).repeat(50));
      if (model === 'endless-line') return flood(response, 'x'.repeat(500_000));
      for (const step of stepsOf(model)) {
        if (typeof step === 'number') await setTimeout(step);
        else response.write(step);
      }
      response.end();
    }),
  );
  const folder = await bundle();
  const settings = {
    API_KEYS: LOCAL_KEY,
    OPENAI_BASE_URL: `${host.url}/v1`,
    KEEPALIVE_SECONDS: String(LIMIT_MS / 1_000),
  };
  worker = await startWorkerd({ script: join(folder, 'worker.js'), settings });
  await rm(folder, { recursive: true });
});
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
});

/** `at-<ms>`: an event just about when the gateway gives the stream up for silent. */
function stepsOf(model: string): readonly Step[] {
  const [, ms] = /^at-(\d+)/.exec(model) ?? [];
  return ms === undefined
    ? (SCRIPTS[model] ?? [])
    : [event('one'), Number(ms), event('two'), event('three'), LAST, DONE];
}

async function flood(response: ServerResponse, piece: string): Promise<void> {
  response.write(event('one'));
  const until = Date.now() + 10_000;
  while (!response.destroyed && Date.now() < until) {
    if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
  response.end();
}

interface Got {
  readonly text: string;
  readonly isWhole: boolean;
}

function ask(model: string): Promise<Got> {
  const { promise, resolve } = Promise.withResolvers<Got>();
  const outgoing = request({
    ...{ host: '127.0.0.1', port: worker.port, path: '/v1/chat/completions', method: 'POST', agent: false },
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
  });
  outgoing.on('response', (response) => {
    const parts: Buffer[] = [];
    const end = (isWhole: boolean) => resolve({ text: Buffer.concat(parts).toString(), isWhole });
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => end(true));
    response.on('error', () => end(false));
  });
  const messages = [{ role: 'user', content: 'Go.' }];
  outgoing.end(JSON.stringify({ model: `openai/${model}`, messages, stream: true }));
  return promise;
}

const COMMENT = ': keepalive\n\n';
const sentBy = (model: string) =>
  stepsOf(model)
    .filter((step) => typeof step === 'string')
    .join('');

describe('a stream that', () => {
  test.concurrent('pauses twice gets a comment in each second, and loses no byte', async () => {
    const { text } = await ask('pauses');
    expect(text.replaceAll(COMMENT, '')).toBe(sentBy('pauses'));
    expect(text.split(COMMENT).length - 1).toBeGreaterThanOrEqual(3);
  });

  test.concurrent.each(['pauses-within-an-event', 'pauses-within-lines'])('%s gets no comment there', async (model) => {
    const { text } = await ask(model);
    expect(text).toBe(sentBy(model));
  });

  test.concurrent('separates its events by a single line end gets comments between them', async () => {
    const { text } = await ask('single-line-ends');
    expect(text).toContain(COMMENT);
    expect(text.replaceAll(COMMENT, '')).toBe(sentBy('single-line-ends'));
  });

  test.concurrent('says itself that it is alive gets no comment more', async () => {
    const { text } = await ask('says-it-is-alive');
    expect(text).toBe(sentBy('says-it-is-alive'));
  });

  test.concurrent('goes on just when it is given up for silent loses nothing, or says that it is cut', async () => {
    // A take every 67 ms, and 13 of them without a byte: from 870 to 940 ms after the last one.
    const models = Array.from({ length: 120 }, (_, i) => `at-${850 + i}`);
    const all = await Promise.all(models.map(async (model) => ({ model, ...(await ask(model)) })));
    const wrong = all.filter(({ model, text, isWhole }) => {
      if (!isWhole || text.includes('"code":"upstream_stream_cut"')) return false;
      return text.replaceAll(COMMENT, '') !== sentBy(model);
    });
    expect(wrong).toEqual([]);
    expect(all.filter(({ text }) => text.includes(DONE)).length).toBeGreaterThan(100);
  });
});

describe('a host that', () => {
  test.each(['floods', 'endless-line'])('%s ends with an event that says so', async (model) => {
    const { text, isWhole } = await ask(model);
    expect([isWhole, text.slice(-300)]).toEqual([true, expect.stringContaining('"code":"upstream_answer_too_large"')]);
  });
});
