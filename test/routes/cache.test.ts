import { parseList } from 'structured-headers';
import { describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { ask, environment, errorOf, eventStream, ORIGIN, serve } from '../support/worker.ts';

const CACHE_SECRET = 'cache-secret-of-more-than-32-characters';

const chat = (content = 'Hello', more: object = {}) => ({
  model: 'tiny-text',
  messages: [{ role: 'user', content }],
  ...more,
});

/** A host whose answers count upwards. */
function counting(answer: (n: number) => Response = (n) => whole(`answer ${n}`)) {
  let n = 0;
  return serve({ [`${ORIGIN}/v1/chat/completions`]: () => answer(++n) });
}

const whole = (content: string, choice: object = {}) =>
  Response.json({
    id: `chatcmpl-${content}`,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', ...choice }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });

const streamed = (content: string, end: (string | object)[] = ['[DONE]']) =>
  eventStream([
    { id: 'x', choices: [{ index: 0, delta: { role: 'assistant', reasoning: 'hm' } }] },
    { id: 'x', choices: [{ index: 0, delta: { content } }] },
    {
      id: 'x',
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    },
    ...end,
  ]);

const env = environment({ CACHE_SECRET });

const cached = (json: unknown, headers: Record<string, string> = {}, path = '/v1/chat/completions') =>
  ask(path, { json, env, headers: { 'x-cedalion-cache': '300', ...headers } });

describe('the cache of answers', () => {
  it('answers the same chat with the bytes of the host, says so, and asks the host once', async () => {
    const { requests } = counting();
    const first = await cached(chat());
    expect(first.headers.get('cache-status')).toBe('cedalion; fwd=uri-miss; stored');
    const text = await first.text();
    const second = await cached(chat());
    expect(await second.text()).toBe(text);
    expect(parseList(second.headers.get('cache-status') ?? '')[0]?.[0]?.toString()).toBe('cedalion');
    expect(second.headers.get('cache-status')).toBe('cedalion; hit; ttl=300');
    expect(second.headers.get('age')).toBe('0');
    expect(requests).toHaveLength(1);
  });

  it('is off unless the request asks for it', async () => {
    const { requests } = counting();
    for (const _ of [1, 2]) {
      const answer = await ask('/v1/chat/completions', { json: chat(), env });
      expect(answer.headers.has('cache-status')).toBe(false);
    }
    expect(requests).toHaveLength(2);
  });

  it('replays a stream event by event, with its reasoning, its usage and [DONE]', async () => {
    const { requests } = counting((n) => streamed(`answer ${n}`));
    const first = await cached(chat('Hello', { stream: true }));
    expect(first.headers.get('cache-status')).toBe('cedalion; fwd=uri-miss');
    const text = await first.text();
    await vi.waitFor(async () => {
      const second = await cached(chat('Hello', { stream: true }), { 'cache-control': 'only-if-cached' });
      expect(second.status).toBe(200);
      expect(second.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(await second.text()).toBe(text);
    });
    expect(text).toContain('data: [DONE]');
    expect(requests).toHaveLength(1);
  });

  it('answers 504 with only-if-cached if the answer is not there', async () => {
    counting();
    const answer = await cached(chat(), { 'cache-control': 'only-if-cached' });
    expect(answer.status).toBe(504);
    expect(await errorOf(answer)).toMatchObject({ code: 'not_cached' });
  });
});

describe('what is stored beside the memory', () => {
  it('is found by another isolate of the same data center, with its age', async () => {
    const { requests } = counting();
    const text = await (await cached(chat())).text();
    resetIsolate('answers');
    const second = await cached(chat());
    expect(second.headers.get('cache-status')).toBe('cedalion; hit; ttl=300');
    expect(await second.text()).toBe(text);
    expect(requests).toHaveLength(1);
  });
});
