import { describe, expect, it, vi } from 'vitest';
import { asker, cachingEnv, chat, counting, statusOf, streamed } from '../support/cache.ts';
import { ClipHost } from '../support/clip-host.ts';
import { bearer, createKey } from '../support/keys.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, bindings, ORIGIN, serve } from '../support/worker.ts';

const MISS = 'cedalion; fwd=uri-miss; stored';
const HIT = 'cedalion; hit; ttl=300';

describe('the cache of answers on other surfaces', () => {
  it.each([
    ['/v1/responses', { model: 'tiny-text', input: 'hi' }],
    ['/v1/messages', { model: 'tiny-text', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }],
    ['/v1/completions', { model: 'tiny-text', prompt: 'hi' }],
    ['/v1/prompts/sentiment', { model: 'tiny-text', variables: { review: 'good' } }],
    ['/v1/chat/completions', { model: 'tiny-text', prompt: { id: 'sentiment', variables: { review: 'good' } } }],
    ['/models/tiny-text/v1/chat/completions', { messages: [{ role: 'user', content: 'hi' }] }],
    ['/models/tiny-text', { inputs: 'hi', parameters: { max_new_tokens: 5 } }],
  ])('answers %s from it, and another body not', async (path, body) => {
    const { requests } = counting((n) =>
      Response.json({
        id: 'x',
        choices: [
          {
            index: 0,
            text: `positive ${n}`,
            message: { role: 'assistant', content: 'positive' },
            finish_reason: 'stop',
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: n },
      }),
    );
    const cached = asker();
    const first = await cached(body, {}, path);
    expect([first.status, statusOf(first)]).toEqual([200, MISS]);
    const [one, two] = [await first.json(), await (await cached(body, {}, path)).json()];
    if (path === '/v1/responses') expect(two).toMatchObject({ usage: { output_tokens: 1 }, status: 'completed' });
    else if (path === '/v1/messages')
      expect(two).toMatchObject({ usage: { output_tokens: 1 }, stop_reason: 'end_turn' });
    else expect(two).toEqual(one);
    expect(statusOf(await cached(body, {}, path))).toBe(HIT);
    if (!path.startsWith('/v1/prompts')) {
      const unknown = await cached({ ...body, user: 'another' }, {}, path);
      expect(statusOf(unknown)).not.toBe(HIT);
    }
    expect(requests.length).toBeLessThanOrEqual(2);
  });

  it.each([
    ['/v1/responses', { input: 'hi' }, 'response.completed'],
    ['/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }, 'message_stop'],
  ])('replays a stream of %s', async (path, more, end) => {
    const { requests } = counting((n) => streamed(`answer ${n}`));
    const cached = asker();
    const body = { model: 'tiny-text', stream: true, ...more };
    await (await cached(body, {}, path)).text();
    await vi.waitFor(async () => {
      const answer = await cached(body, { 'cache-control': 'only-if-cached' }, path);
      expect(statusOf(answer)).toBe(HIT);
      const text = await answer.text();
      expect(text).toContain('answer 1');
      expect(text).toContain(end);
    });
    expect(requests).toHaveLength(1);
  });

  it('answers pictures with a seed from it, and no others', async () => {
    const { requests } = counting(() => new Response(pngOf(256, 256), { headers: { 'content-type': 'image/png' } }));
    const cached = asker();
    const body = { model: 'tiny-image', prompt: 'a house', seed: 7 };
    const path = '/v1/images/generations';
    const text = await (await cached(body, {}, path)).text();
    await vi.waitFor(async () => {
      const again = await cached(body, { 'cache-control': 'only-if-cached' }, path);
      expect([statusOf(again), await again.text()]).toEqual([HIT, text]);
    });
    // The picture itself is another answer.
    const bytes = await cached(body, { accept: 'image/png' }, path);
    expect(bytes.headers.get('content-type')).toBe('image/png');
    await bytes.arrayBuffer();
    const { seed: _, ...random } = body;
    expect(statusOf(await cached(random, {}, path))).toBe('cedalion; fwd=bypass; detail=seed');
    expect(requests).toHaveLength(3);
  });

  it('answers transcripts of the same file from it, whatever the boundary of the form', async () => {
    const { requests } = serve({ 'https://host.example.com/v1/audio': () => Response.json({ text: 'hello' }) });
    const env = cachingEnv({ OPENAI_BASE_URL: 'https://host.example.com/v1', OPENAI_API_KEY: 'k' });
    const send = async (file: string, more: Record<string, string> = {}, name = 'a.mp3') => {
      const form = new FormData();
      for (const [field, value] of Object.entries({ model: 'whisper-1', ...more })) form.set(field, value);
      form.set('file', new File([file], name));
      return ask('/v1/audio/transcriptions', {
        method: 'POST',
        body: form,
        env,
        headers: { 'x-cedalion-cache': 'true' },
      });
    };
    expect(statusOf(await send('sound'))).toBe(MISS);
    const again = await send('sound');
    expect([statusOf(again), await again.json()]).toEqual([HIT, { text: 'hello' }]);
    for (const other of [send('Sound'), send('sound', { language: 'en' }), send('sound', {}, 'b.mp3')]) {
      expect(statusOf(await other)).toBe(MISS);
    }
    expect(statusOf(await send('x'.repeat(1_100_000)))).toBe('cedalion; fwd=bypass; detail=size');
    expect(requests).toHaveLength(5);
  });

  it('answers speech from it, when its last byte was there', async () => {
    const { requests } = serve({
      'https://host.example.com/v1/audio': () => new Response('sound', { headers: { 'content-type': 'audio/mpeg' } }),
    });
    const cached = asker(cachingEnv({ OPENAI_BASE_URL: 'https://host.example.com/v1', OPENAI_API_KEY: 'k' }));
    const body = { model: 'tts-1', input: 'hello', voice: 'a' };
    await (await cached(body, {}, '/v1/audio/speech')).text();
    await vi.waitFor(async () => {
      const again = await cached(body, { 'cache-control': 'only-if-cached' }, '/v1/audio/speech');
      expect([statusOf(again), again.headers.get('content-type'), await again.text()]).toEqual([
        HIT,
        'audio/mpeg',
        'sound',
      ]);
    });
    expect(requests).toHaveLength(1);
  });

  it('leaves vectors to their own cache', async () => {
    serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const answer = await asker()({ model: 'tiny-clip', input: 'hi' }, {}, '/v1/embeddings');
    expect(answer.status).toBe(200);
    expect(statusOf(answer)).not.toBe(MISS);
  });
});

describe('usage', () => {
  it('counts hits, which cost a request and no tokens', async () => {
    counting();
    const env = cachingEnv({ USAGE: bindings.USAGE });
    const key = bearer(await createKey());
    const cached = asker(env);
    for (const _ of [1, 2, 3]) await cached(chat(), key);
    await vi.waitFor(async () => {
      const { data } = (await (await ask('/v1/usage', { env, headers: key })).json()) as { data: object[] };
      expect(data).toMatchObject([
        { requests: 3, prompt_tokens: 3, completion_tokens: 2, cache_hits: 2, cache_misses: 1 },
      ]);
    });
  });
});
