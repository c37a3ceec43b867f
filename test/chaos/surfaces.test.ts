import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cedalion, startCedalion } from './cedalion.ts';
import { parseEvents } from './checks.ts';
import { TEXT } from './events.ts';
import { newRun } from './observe.ts';
import { delivery } from './scenarios/delivery.ts';
import { endings } from './scenarios/endings.ts';
import { startFaultyUpstream } from './suite.ts';
import type { FaultyUpstream } from './upstream.ts';

/** The streams of the suite through other routes than that of chat completions. */

let upstream: FaultyUpstream;
let cedalion: Cedalion;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
  cedalion = await startCedalion(upstream.port);
  const { url, key } = cedalion.target;
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
});

afterAll(async () => {
  await cedalion?.stop();
  await upstream?.stop();
});

const whole = delivery.filter(({ name, stream }) => stream && name !== 'megabyte-event');

/** The events of a response. OpenAI's library would raise at the first that is an error. */
async function respond(name: string, store: boolean) {
  const body = { model: `openai/${newRun(name)}`, input: 'Go.', stream: true, store } as const;
  const answer = await client.responses.create(body).asResponse();
  const events = parseEvents(await answer.text()).map((data): OpenAI.Responses.ResponseStreamEvent => JSON.parse(data));
  const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []));
  return { text: deltas.join(''), last: events.at(-1), types: events.map(({ type }) => type) };
}

describe.each([false, true])('a response, with `store` %s, of an upstream that', (store) => {
  for (const { name, upstream } of whole) {
    test.concurrent(`${upstream}: is complete`, async () => {
      const { text, last } = await respond(name, store);
      expect([text, last?.type]).toEqual([TEXT, 'response.completed']);
    });
  }

  for (const { name, upstream } of endings) {
    test.concurrent(`${upstream}: fails, and has what arrived`, async () => {
      const { text, last, types } = await respond(name, store);
      expect(types.slice(-2)).toEqual(['error', 'response.failed']);
      if (last?.type !== 'response.failed') throw new Error(`it ends with ${last?.type}`);
      expect(TEXT.startsWith(text)).toBe(true);
      const output = [{ status: 'incomplete', content: [{ type: 'output_text', text }] }];
      expect(last.response).toMatchObject({ status: 'failed', output, error: { code: expect.any(String) } });
      if (!store) return;
      expect(await client.responses.retrieve(last.response.id)).toMatchObject({ status: 'failed', output });
    });
  }
});

describe('a stream of speech of an upstream that', () => {
  for (const { name, upstream } of endings) {
    test.concurrent(`${upstream}: ends with an error event`, async () => {
      const model = `openai/${newRun(name)}`;
      const body = { model, input: 'Go.', voice: 'alloy', stream_format: 'sse' } as const;
      const events = parseEvents(await (await client.audio.speech.create(body)).text());
      expect(events).not.toContain('[DONE]');
      expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({ error: { message: expect.any(String) } });
    });
  }
});
