import { describe, expect, it, vi } from 'vitest';
import { vectorFor } from '../support/clip-host.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, errorOf, eventStream, KEY, ORIGIN, serve } from '../support/worker.ts';

/** Hosts with ways of their own: what they say, what they ask for, and how they write JSON. */

const OPENAI = 'https://llm.example.com/v1';
const ROUTER = 'https://router.huggingface.co';
const settings = { OPENAI_BASE_URL: OPENAI, HF_TOKEN: 'hf_x' };
const chat = (model: string) => ({ model, messages: [{ role: 'user', content: 'hi' }] });
const completion = () => Response.json({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }] });

describe('a host', () => {
  it('without credit is not asked again, also if it says so with 429', async () => {
    const error = { message: 'You exceeded your quota', type: 'insufficient_quota', code: 'insufficient_quota' };
    const { requests } = serve({ [OPENAI]: () => Response.json({ error }, { status: 429 }) });
    const answer = await ask('/v1/chat/completions', { json: chat('openai/gpt'), settings });
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect((await errorOf(answer)).code).toBe('insufficient_quota');
    expect(requests).toHaveLength(1);
  });

  it.each(['sk-second-key', 'https://clip.example.com', 'clip.example.com'])('cannot reveal %s', async (secret) => {
    serve({
      'https://clip.example.com': () => Response.json({ error: { message: `failed at ${secret}/x` } }, { status: 400 }),
    });
    const answer = await ask('/v1/embeddings', {
      json: { model: 'openai/clip-vit-base-patch32', input: 'a' },
      settings: { API_KEYS: `${KEY},sk-second-key`, CLIP_ENDPOINT_URL: 'https://clip.example.com' },
    });
    const { message } = await errorOf(answer);
    expect(message).toContain('failed at ***');
    expect(message).not.toContain(secret);
  });

  it('that is starting and says Retry-After: 0 is not asked in a loop', async () => {
    const start = Date.now();
    const loading = () =>
      Response.json({ error: 'Model is loading' }, { status: 503, headers: { 'retry-after': '0' } });
    const { requests } = serve({ [ORIGIN]: () => (Date.now() - start > 300 ? completion() : loading()) });
    expect((await ask('/v1/chat/completions', { json: chat('tiny-text') })).status).toBe(200);
    expect(requests.length).toBeLessThan(12);
  });

  it('and its twin hold a caller no longer than one alone', { timeout: 20_000 }, async () => {
    const limited = () => Response.json({ error: 'slow down' }, { status: 429, headers: { 'retry-after': '3' } });
    const { requests } = serve({ [ROUTER]: limited });
    const answer = await ask('/v1/chat/completions', { json: chat('openai/gpt-oss-20b'), settings });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('3');
    // One alone gets three, with a wait before each repetition. Six would be twice the waits.
    expect(requests.length).toBeLessThanOrEqual(4);
  });

  it('is not paid for a picture twice because it says Retry-After', async () => {
    const { requests } = serve({
      [ROUTER]: () => new Response('{}', { status: 500, headers: { 'retry-after': '1' } }),
    });
    const json = { model: 'Qwen/Qwen-Image', prompt: 'a house' };
    expect((await ask('/v1/images/generations', { json, settings })).status).toBe(502);
    // One at each of its two providers.
    expect(requests).toHaveLength(2);
  });

  it('can escape the base64 of a large answer, as JSON allows', async () => {
    const inputs = Array.from({ length: 256 }, (_, i) => `text ${i}`);
    const escaped = async (input: string, index: number) => {
      const base64 = new Uint8Array((await vectorFor(input, 2048)).buffer).toBase64();
      return `{"index":${index},"embedding":"${base64.replaceAll('/', '\\/').replaceAll('+', '\\u002B')}"}`;
    };
    const host = async (request: Request) => {
      const { input } = (await request.json()) as { input: string[] };
      return new Response(`{"data":[${(await Promise.all(input.map(escaped))).join(',')}]}`);
    };
    serve({ [OPENAI]: host });
    const answer = await ask('/v1/embeddings', { json: { model: 'openai/e', input: inputs }, settings });
    expect(answer.status).toBe(200);
    const got = (await answer.json()) as { data: { embedding: number[] }[] };
    expect(got.data[3]?.embedding[0]).toBeCloseTo((await vectorFor('text 3', 2048))[0] ?? 9, 6);
  });

  it('can cut a stream between the two line ends of an event', async () => {
    serve({ [ORIGIN]: () => eventStream([{ choices: [{ index: 0, delta: { content: 'a' } }] }], '\n') });
    const answer = await ask('/v1/chat/completions', { json: { ...chat('tiny-text'), stream: true } });
    // A strict reader joins the data lines of an event, which ends with an empty line.
    const events = (await answer.text())
      .split('\n\n')
      .map((event) => [...event.matchAll(/^data: ?(.*)$/gm)].map(([, data]) => data).join('\n'));
    for (const event of events) if (event !== '') expect(() => JSON.parse(event)).not.toThrow();
    expect(events.join()).toContain('upstream_stream_cut');
  });

  it('with too many bytes of pictures is cut off', async () => {
    let read = 0;
    const picture = () => {
      let left = 11 * 1024 * 1024;
      const pull = (controller: ReadableStreamDefaultController) => {
        const chunk = new Uint8Array(Math.min(left, 256 * 1024));
        chunk.set(pngOf(256, 256));
        left -= chunk.length;
        read += chunk.length;
        controller.enqueue(chunk);
        if (left === 0) controller.close();
      };
      return new Response(new ReadableStream({ pull }), { headers: { 'content-type': 'image/png' } });
    };
    serve({ [ORIGIN]: picture });
    const answer = await ask('/v1/images/generations', { json: { model: 'tiny-image', prompt: 'x', n: 10 } });
    expect((await errorOf(answer)).code).toBe('upstream_answer_too_large');
    expect(read).toBeLessThan(24 * 1024 * 1024);
  });

  it('whose picture breaks off is replaced by another, and leaves no error in the log', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    const png = pngOf(256, 256, 'abc');
    const broken = () =>
      new ReadableStream({
        type: 'bytes',
        start(controller) {
          controller.enqueue(png.slice(0, 20));
          setTimeout(() => controller.error(new Error('broken')), 10);
        },
      });
    serve({
      [`${ROUTER}/hf-inference`]: () => new Response(broken(), { headers: { 'content-type': 'image/png' } }),
      [`${ROUTER}/together`]: () => Response.json({ data: [{ b64_json: png.toBase64() }] }),
    });
    const json = { model: 'black-forest-labs/FLUX.1-schnell', prompt: 'x' };
    const answer = await ask('/v1/images/generations', { json, settings });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { data: object[] }).data).toHaveLength(1);
    const line = JSON.parse(lines.at(-1) ?? '');
    const target = 'huggingface/hf-inference/black-forest-labs/FLUX.1-schnell';
    expect(line).toMatchObject({ level: 'info', status: 200, attempts: 2 });
    expect(line.failed).toEqual({ [target]: 'upstream_unreachable' });
    // Two pictures would be 0.08.
    expect(line.cost_usd).toBe(0.04);
    expect(line.error).toBeUndefined();
  });

  it.each([
    ['521 of Cloudflare', () => new Response('', { status: 521 }), 'refused'],
    ['530 of Cloudflare', () => new Response('', { status: 530 }), 'dns'],
    ['526 of Cloudflare', () => new Response('', { status: 526 }), 'tls'],
    ['a lost connection', () => Promise.reject(new Error('Network connection lost.')), 'refused_or_closed'],
    ["workerd's error", () => Promise.reject(new Error('internal error; reference = abc1')), 'dns_or_tls (abc1)'],
  ])('that cannot be reached (%s) says why in the log, not to the caller', async (_, host, why) => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    serve({ [ROUTER]: host as () => Response });
    const json = { model: 'openai/gpt-oss-20b', messages: [{ role: 'user', content: 'x' }] };
    const answer = await ask('/v1/chat/completions', { json, settings });
    expect(answer.status).toBe(502);
    expect(await answer.text()).not.toMatch(/refused|dns|tls|abc1/i);
    expect(Object.values(JSON.parse(lines.at(-1) ?? '').unreachable)).toContain(why);
  });

  it('that gets several prompts as chats is metered for all of them', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    const usage = { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 };
    serve({ [ROUTER]: () => Response.json({ choices: [{ message: { content: 'x' } }], usage }) });
    const json = { model: 'openai/gpt-oss-20b', prompt: ['a', 'b', 'c'] };
    expect(await (await ask('/v1/completions', { json, settings })).json()).toMatchObject({
      usage: { prompt_tokens: 6 },
    });
    expect(JSON.parse(lines.at(-1) ?? '').tokens).toEqual({ prompt: 6, completion: 9 });
  });
});
