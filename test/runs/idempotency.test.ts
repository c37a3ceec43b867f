import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_KEY } from '../support/gateway.ts';
import { ask, chat } from './client.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

let worker: RunsWorker;
beforeAll(async () => {
  worker = await startRunsWorker();
});
afterAll(() => worker?.stop());

const key = (value: string) => ({ 'idempotency-key': value });
const post = (body: object, headers: Record<string, string> = {}) =>
  ask(worker.port, '/v1/chat/completions', { body, headers });
const codeOf = ({ text }: { text: string }) => JSON.parse(text).error.code;
/** How many calls to the host some work makes. */
async function callsOf(work: () => Promise<unknown>): Promise<number> {
  const before = worker.host.calls.length;
  await work();
  return worker.host.calls.length - before;
}

describe('an idempotency key', () => {
  it('is answered once by the host, for a hundred duplicates at the same time and one later', async () => {
    const body = chat('whole-200-2000', false);
    const calls = await callsOf(async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => post(body, key('many'))));
      const later = await post(body, key('many'));
      expect(new Set([...answers, later].map(({ status, text }) => status + text)).size).toBe(1);
      expect(later).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
      expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    });
    expect(calls).toBe(1);
  });

  it('joins a stream that goes on', async () => {
    const texts = new Set<string>();
    const calls = await callsOf(async () => {
      const join = () => post(chat('events-40-5'), key('stream')).then(({ text }) => texts.add(text));
      await Promise.all([join(), join(), join()]);
    });
    expect([calls, texts.size]).toEqual([1, 1]);
  });

  it('is refused with another body, and is another key at another route', async () => {
    await post(chat('whole-1-10', false), key('reused'));
    const other = await post(chat('whole-1-11', false), key('reused'));
    expect([other.status, codeOf(other)]).toEqual([422, 'idempotency_key_reused']);
    const body = { model: 'openai/whole-1-10', prompt: 'x' };
    const route = await ask(worker.port, '/v1/completions', { body, headers: key('reused') });
    expect(route.status).toBe(200);
  });

  it('can be sent in quotes, as the draft of the header says', async () => {
    const body = chat('whole-1-12', false);
    expect(await callsOf(async () => [await post(body, key('quoted')), await post(body, key('"quoted"'))])).toBe(1);
  });

  it.each([
    ['empty', ''],
    ['empty in quotes', '""'],
    ['of 256 characters', 'x'.repeat(256)],
    ['with a control character', 'a\tb'],
  ])('that is %s gets 400', async (_, value) => {
    const answer = await post(chat('whole-1-10', false), key(value));
    expect([answer.status, JSON.parse(answer.text).error.param]).toEqual([400, 'Idempotency-Key']);
  });

  it('does not wait with `Prefer: wait=0`', async () => {
    const body = chat('whole-300-10', false);
    const first = post(body, key('impatient'));
    while (!worker.host.calls.some(({ model }) => model === 'whole-300-10')) await new Promise((r) => setTimeout(r, 5));
    const second = await post(body, { ...key('impatient'), prefer: 'wait=0' });
    expect([second.status, codeOf(second), second.headers['retry-after']]).toEqual([409, 'run_in_progress', '1']);
    expect((await first).status).toBe(200);
    expect((await post(body, { ...key('impatient'), prefer: 'wait=0' })).status).toBe(200);
  });

  it.each([
    ['a stream that the host cut', chat('cut-5'), true],
    ['429', chat('status-429', false), true],
    ['503', chat('status-503', false), true],
    ['400', chat('status-400', false), false],
    ['422', chat('status-422', false), false],
  ])('after %s asks the host again: %#', async (name, body, again) => {
    const first = await post(body, key(name));
    let second = first;
    const calls = await callsOf(async () => {
      second = await post(body, key(name));
    });
    expect(calls > 0).toBe(again);
    expect(second.headers['idempotent-replayed']).toBe(again ? undefined : 'true');
    expect(second.status).toBe(first.status);
    // The events of the first run are not those of the second.
    if (again) {
      expect(second.headers['x-run-id']).not.toBe(first.headers['x-run-id']);
      expect((await ask(worker.port, `/v1/runs/${first.headers['x-run-id']}`)).status).toBe(404);
    }
  });

  it('replays a large picture, also after a restart', async () => {
    const send = () => {
      const body = { model: 'image', prompt: 'a house' };
      return ask(worker.port, '/v1/images/generations', { body, headers: key('picture') });
    };
    const first = await send();
    expect([first.status, first.bytes.length > 5_000_000]).toEqual([200, true]);
    await worker.restart();
    const calls = await callsOf(async () => {
      const second = await send();
      expect(second.headers['idempotent-replayed']).toBe('true');
      expect(second.bytes.equals(first.bytes)).toBe(true);
    });
    expect(calls).toBe(0);
  });

  it('is refused with `Cache-Control: no-store`, since a run is stored', async () => {
    const answer = await post(chat('whole-1-10', false), { ...key('private'), 'cache-control': 'no-store' });
    expect([answer.status, JSON.parse(answer.text).error.param]).toEqual([400, 'Cache-Control']);
  });

  it('works with the SDK of OpenAI, whose retries then cost one call', async () => {
    // Its own option `idempotencyKey` needs the name of the header.
    class Client extends OpenAI {
      protected override idempotencyHeader = 'Idempotency-Key';
    }
    // On a busy machine even a replay may take longer than 300 ms: then it asks once more.
    const client = new Client({
      baseURL: `http://127.0.0.1:${worker.port}/v1`,
      apiKey: LOCAL_KEY,
      timeout: 300,
      maxRetries: 20,
    });
    const body = { model: 'openai/whole-500-20', messages: [{ role: 'user' as const, content: 'hi' }] };
    const calls = await callsOf(async () => {
      const answer = await client.chat.completions.create(body, { idempotencyKey: 'sdk' });
      expect(answer.choices[0]?.message.content).toHaveLength(20);
    });
    expect(calls).toBe(1);
  });
});
