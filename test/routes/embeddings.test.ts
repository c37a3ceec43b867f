import { describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { MAX_ITEMS_BODY_BYTES } from '../../src/base/sizes.ts';
import { startCall } from '../../src/call/call.ts';
import { origin } from '../../src/call/hosts.ts';
import type { EmbeddingModel } from '../../src/call/tasks.ts';
import { embedItems } from '../../src/vectors/embedding/embed-items.ts';
import { callFor } from '../support/call.ts';
import { ClipHost, vectorFor } from '../support/clip-host.ts';
import { GIF, PNG, pngOf } from '../support/pictures.ts';
import { isSoak } from '../support/soak.ts';
import { ask, bindings, errorOf, ORIGIN, serve } from '../support/worker.ts';

const EMBED = `${ORIGIN}/embeddings`;
const PICTURE_URL = 'https://pictures.example.com/cat.png';
const dataUrl = `data:image/png;base64,${PNG.toBase64()}`;

interface Answer {
  model: string;
  data: { index: number; embedding: number[] | string }[];
  usage: { prompt_tokens: number; cache_hits: number; cache_misses: number };
}

async function embed(json: object, more: object = {}): Promise<Answer & { headers: Headers }> {
  const answer = await ask('/v1/embeddings', { json: { model: 'clip', ...json }, ...more });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return { ...((await answer.json()) as Answer), headers: answer.headers };
}

describe('vectors', () => {
  it('are returned in the order of the items, as numbers, at unit length', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const { data, model, usage } = await embed({ input: ['a cat', 'a dog'] });
    expect(model).toBe('tiny-clip');
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    for (const [i, text] of ['a cat', 'a dog'].entries()) {
      const expected = await vectorFor(`text:${text}`, 96);
      const got = data[i]?.embedding as number[];
      for (const [at, value] of got.entries()) expect(value).toBeCloseTo(expected[at] ?? 9, 6);
    }
    expect(usage).toMatchObject({ prompt_tokens: 6, cache_hits: 0, cache_misses: 2 });
  });

  it('are returned as base64 of little-endian float32 on request', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { data } = await embed({ input: 'a cat', encoding_format: 'base64' });
    const bytes = Uint8Array.fromBase64(data[0]?.embedding as string);
    const floats = new Float32Array(bytes.buffer);
    expect(floats).toHaveLength(96);
    expect(Math.hypot(...floats)).toBeCloseTo(1, 5);
  });

  it('are scaled to unit length', async () => {
    serve({ [EMBED]: () => Response.json({ data: [{ index: 0, embedding: [3, 4, ...Array(94).fill(0)] }] }) });
    const { data } = await embed({ input: 'a cat' });
    expect(data[0]?.embedding.slice(0, 2)).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  });

  it('accept every form of item, and a picture is the same item in every form', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer, [PICTURE_URL]: () => new Response(PNG) });
    const { data } = await embed({
      input: [
        'https://not.fetched.example.com/a.png',
        { type: 'text', text: 'a cat' },
        { text: 'a dog' },
        { type: 'image_url', image_url: { url: dataUrl } },
        { image: PNG.toBase64() },
        { image: PICTURE_URL },
      ],
    });
    expect(data[4]?.embedding).toEqual(data[3]?.embedding);
    expect(data[5]?.embedding).toEqual(data[3]?.embedding);
    expect(host.seen).toEqual([
      'text:https://not.fetched.example.com/a.png',
      'text:a cat',
      'text:a dog',
      `image:${PNG.toBase64()}`,
    ]);
  });

  it('accept a large picture in every form, as the same item', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const picture = pngOf(5, 5, 'x'.repeat(600_000));
    const base64 = picture.toBase64();
    const spaced = `${base64.slice(0, 80_001)}\n${base64.slice(80_001)}`;
    const input = [base64, `data:image/png;base64,${base64}`, spaced].map((image) => ({ image }));
    const { data, usage } = await embed({ input });
    expect(usage).toMatchObject({ cache_hits: 2, cache_misses: 1 });
    expect(host.seen).toEqual([`image:${base64}`]);
    expect(data[1]?.embedding).toEqual(data[0]?.embedding);
    const broken = await ask('/v1/embeddings', { json: { model: 'clip', input: { image: 'A*'.repeat(1_500_000) } } });
    expect(await errorOf(broken)).toMatchObject({ code: 'invalid_picture', param: 'input' });
  });

  it('treat a large text as text, whatever it looks like', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const text = 'QUJD'.repeat(600_000);
    await embed({ input: [text, { text }] });
    expect(host.seen).toEqual([`text:${text}`]);
  });

  it('accept a multipart part and a raw picture', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const form = new FormData();
    form.set('payload', JSON.stringify({ model: 'clip', input: [{ image: 'attach://photo' }] }));
    form.set('photo', new File([PNG], 'cat.png', { type: 'application/octet-stream' }));
    const multipart = (await (await ask('/v1/embeddings', { body: form })).json()) as Answer;
    const raw = await ask('/v1/embeddings?model=clip&encoding_format=float', {
      body: PNG,
      headers: { 'content-type': 'image/png' },
    });
    const json = await embed({ input: { image: dataUrl } });
    const declared = (await (await ask('/v1/embeddings', await withLength(form))).json()) as Answer;
    expect(declared.data[0]?.embedding).toEqual(json.data[0]?.embedding);
    expect(multipart.data[0]?.embedding).toEqual(json.data[0]?.embedding);
    expect(((await raw.json()) as Answer).data[0]?.embedding).toEqual(json.data[0]?.embedding);
    expect(host.seen).toHaveLength(1);
  });
});

describe('the cache', () => {
  it('answers a second request from memory, and that of a new isolate from KV, without the host', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const cold = await embed({ input: ['a cat', { image: dataUrl }] });
    expect(cold.headers.get('cache-status')).toBe('embeddings; fwd=miss; stored; detail="hits=0 misses=2"');
    const warm = await embed({ input: ['a cat', { image: dataUrl }] });
    expect(warm.headers.get('cache-status')).toBe('embeddings; hit; detail="hits=2 misses=0"');
    expect(warm.usage).toMatchObject({ prompt_tokens: 0, cache_hits: 2, cache_misses: 0 });
    resetIsolate('vectors');
    const stored = await embed({ input: ['a cat', { image: dataUrl }] });
    expect(stored.headers.get('cache-status')).toContain('hit');
    expect(stored.data).toEqual(cold.data);
    expect(host.seen).toHaveLength(2);
  });

  it('asks the host once for repeated items, and only for missing ones', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    await embed({ input: 'known' });
    const { usage, headers } = await embed({ input: ['new', 'known', 'new', 'other', 'new'] });
    expect(host.seen).toEqual(['text:known', 'text:new', 'text:other']);
    expect(usage).toMatchObject({ cache_hits: 3, cache_misses: 2 });
    expect(headers.get('cache-status')).toContain('fwd=partial');
  });

  it('is not read, and is refreshed, with Cache-Control: no-cache', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    await embed({ input: 'a cat' });
    const { headers } = await embed({ input: 'a cat' }, { headers: { 'cache-control': 'no-cache' } });
    expect(headers.get('cache-status')).toContain('fwd=request');
    expect(host.seen).toHaveLength(2);
  });

  it('is neither read nor written with Cache-Control: no-store', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer, [PICTURE_URL]: () => new Response(PNG) });
    await embed({ input: 'a cat' });
    const before = await bindings.EMBEDDINGS.list();
    const privately = { headers: { 'cache-control': 'no-store' } };
    const { headers, usage } = await embed({ input: ['a cat', 'a dog', { image: PICTURE_URL }] }, privately);
    expect(headers.get('cache-status')).toBe('embeddings; fwd=request; detail="hits=0 misses=3"');
    expect(usage).toMatchObject({ cache_hits: 0, cache_misses: 3 });
    expect(await bindings.EMBEDDINGS.list()).toEqual(before);
    await embed({ input: 'a dog' });
    expect(host.seen.filter((seen) => seen === 'text:a dog')).toHaveLength(2);
  });

  const examples = [
    { input: 'a', label: 'x' },
    { input: 'b', label: 'y' },
  ];
  const tool = { name: 'embed', arguments: { input: ['a'] } };
  it.each([
    ['/v1/similarity', { query: 'a', documents: ['b'] }],
    ['/v1/classify', { input: 'a', labels: ['b', 'c'] }],
    ['/v1/classifiers', { examples }],
    ['/v1/rerank', { model: 'clip', query: 'a', documents: ['b'] }],
    ['/models/clip', { inputs: 'a' }],
    ['/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: tool }],
  ])('is not written by %s with it either', async (path, json) => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const answer = await ask(path, { json, headers: { 'cache-control': 'no-store' } });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    expect(host.seen.length).toBeGreaterThan(0);
    expect((await bindings.EMBEDDINGS.list()).keys).toEqual([]);
  });

  it('has the keys and values of docs/storage.md', async () => {
    serve({ [EMBED]: new ClipHost().answer, [PICTURE_URL]: () => new Response(PNG) });
    const { data } = await embed({ input: ['a cat', { image: PICTURE_URL }] });
    const { keys } = await bindings.EMBEDDINGS.list();
    const space = JSON.parse(await (await ask('/v1/models/tiny-clip')).text()).space;
    const sha = async (content: Uint8Array) =>
      new Uint8Array(await crypto.subtle.digest('SHA-256', content)).toBase64({
        alphabet: 'base64url',
        omitPadding: true,
      });
    const textKey = `embedding:v1:${space}:text:${await sha(new TextEncoder().encode('a cat'))}`;
    expect(keys.map(({ name }) => name).sort()).toEqual(
      [
        textKey,
        `embedding:v1:${space}:image:${await sha(PNG)}`,
        `picture-url:v1:${await sha(new TextEncoder().encode(PICTURE_URL))}`,
      ].sort(),
    );
    const value = Uint8Array.fromBase64((await bindings.EMBEDDINGS.get(textKey)) ?? '');
    expect(Array.from(new Float32Array(value.buffer))).toEqual(data[0]?.embedding);
    for (const { expiration } of keys) expect(expiration).toBeGreaterThan(Date.now() / 1000);
  });

  it('requests neither the picture nor its vector if both are cached', async () => {
    const host = new ClipHost();
    const { requests } = serve({ [EMBED]: host.answer, [PICTURE_URL]: () => new Response(PNG) });
    await embed({ input: { image: PICTURE_URL } });
    expect(requests).toHaveLength(2);
    resetIsolate('vectors');
    await embed({ input: { image: PICTURE_URL } });
    expect(requests).toHaveLength(2);
  });

  it('stores a picture that has changed at its URL under its own digest', async () => {
    const host = new ClipHost();
    const other = pngOf(2, 2, 'another picture');
    let picture: Uint8Array = PNG;
    serve({ [EMBED]: host.answer, [PICTURE_URL]: () => new Response(picture) });
    await embed({ input: { image: PICTURE_URL } });
    // The vector is no longer cached, but the URL still is.
    for (const { name } of (await bindings.EMBEDDINGS.list({ prefix: 'embedding:' })).keys) {
      await bindings.EMBEDDINGS.delete(name);
    }
    resetIsolate('vectors');
    picture = other;
    const fromUrl = await embed({ input: { image: PICTURE_URL } });
    const fromBytes = await embed({ input: { image: other.toBase64() } });
    const first = await embed({ input: { image: PNG.toBase64() } });
    expect(fromUrl.data).toEqual(fromBytes.data);
    expect(first.data).not.toEqual(fromBytes.data);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('KV is down'))],
    ['never answers', () => new Promise(() => {})],
  ])('makes a request slower, never wrong, if KV %s', async (_, fail) => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const broken = { get: fail, put: () => Promise.reject(new Error('KV is down')) } as unknown as KVNamespace;
    const expected = await vectorFor('text:a cat', 96);
    const { data } = await embed({ input: 'a cat' }, { settings: { EMBEDDINGS: broken } });
    const [got] = (data[0]?.embedding ?? []) as number[];
    expect(got).toBeCloseTo(expected[0] ?? 9, 6);
  });

  it('waits only once for a KV that never answers, however many texts it is asked for', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const get = vi.fn(() => new Promise(() => {}));
    const broken = { get, put: async () => {} } as unknown as KVNamespace;
    const input = Array.from({ length: 500 }, (_, i) => `text ${i}`);
    const { usage } = await embed({ input }, { settings: { EMBEDDINGS: broken } });
    expect(usage.cache_misses).toBe(500);
    expect(get).toHaveBeenCalledOnce();
  });

  it('ignores damaged values', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const { data } = await embed({ input: 'a cat' });
    const [key] = (await bindings.EMBEDDINGS.list()).keys;
    const long = new Uint8Array(new Float32Array(97).fill(0.1).buffer).toBase64();
    const notUnit = new Uint8Array(new Float32Array(96).fill(0.5).buffer).toBase64();
    const notFinite = new Uint8Array(new Float32Array(96).fill(Number.NaN).buffer).toBase64();
    for (const damaged of ['', '{"json":1}', 'AAAA', long, notUnit, notFinite]) {
      await bindings.EMBEDDINGS.put(key?.name ?? '', damaged);
      resetIsolate('vectors');
      expect((await embed({ input: 'a cat' })).data).toEqual(data);
    }
    expect(host.requests).toBe(7);
  });

  it('keeps the vectors of a batch if another batch fails', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const host = new ClipHost();
    const answer: typeof host.answer = async (request) => {
      const { modality } = (await request.clone().json()) as { modality: string };
      return modality === 'image' ? new Response('no', { status: 500 }) : host.answer(request);
    };
    serve({ [EMBED]: answer });
    expect(
      (await ask('/v1/embeddings', { json: { model: 'clip', input: ['a cat', { image: dataUrl }] } })).status,
    ).toBe(502);
    await embed({ input: 'a cat' });
    expect(host.seen).toEqual(['text:a cat']);
  });

  it('does not mix the vectors of two CLIP endpoints, since they may serve the same model differently', async () => {
    const [one, other] = [new ClipHost(), new ClipHost()];
    serve({ 'https://one.example.com/': one.answer, 'https://other.example.com/': other.answer });
    const at = (url: string) => ({
      settings: { CLIP_ENDPOINT_URL: url, CLIP_ENDPOINT_MODEL: 'tiny-clip', INFERENCE_URL: '' },
    });
    await embed({ input: 'a cat' }, at('https://one.example.com'));
    resetIsolate('vectors');
    const again = await embed({ input: 'a cat' }, at('https://one.example.com/'));
    expect(again.usage.cache_hits).toBe(1);
    const { usage } = await embed({ input: 'a cat' }, at('https://other.example.com'));
    expect(usage.cache_hits).toBe(0);
    expect(other.requests).toBe(1);
    for (const { name } of (await bindings.EMBEDDINGS.list()).keys) expect(name).not.toContain('example.com');
  });

  it('keeps openai/<id> with dimensions apart from a model whose name ends with them', async () => {
    const host = async (request: Request) => {
      const asked = (await request.json()) as { input: string[]; model: string; dimensions?: number };
      const { input, model, dimensions = 32 } = asked;
      const vectors = await Promise.all(input.map((text) => vectorFor(`${model}:${text}`, dimensions)));
      return Response.json({ data: vectors.map((vector, index) => ({ index, embedding: Array.from(vector) })) });
    };
    serve({ 'https://llm.example.com/': host });
    const settings = { OPENAI_BASE_URL: 'https://llm.example.com/v1' };
    await embed({ model: 'openai/x:8', input: 'a' }, { settings });
    const { usage } = await embed({ model: 'openai/x', dimensions: 8, input: 'a' }, { settings });
    expect(usage.cache_hits).toBe(0);
  });

  it('keeps what was paid for, even after the total limit has passed', async () => {
    const puts: string[] = [];
    const after: Promise<unknown>[] = [];
    const kv = {
      get: async (keys: unknown) => (Array.isArray(keys) ? new Map() : null),
      put: async (key: string) => puts.push(key),
    } as unknown as KVNamespace;
    const base = callFor('embedding', {}, { env: { EMBEDDINGS: kv }, waitUntil: (work) => after.push(work) });
    const call = startCall(base, { ...base.limits, totalMs: 60 });
    // The total limit is watched from the first limit on.
    call.deadlines.in(50, () => {});
    let batches = 0;
    const model: EmbeddingModel = {
      id: 'test',
      task: 'embedding',
      note: '',
      space: { id: 'paid', dimensions: 8 },
      targets: [
        {
          host: origin,
          upstreamModel: 'test',
          batch: { text: 4 },
          async embed(inputs, part) {
            if (batches++ > 0) return part.cancellation.race(new Promise<never>(() => {}));
            const vectors = await Promise.all(inputs.map((_, i) => vectorFor(`${i}`, 8)));
            return { vectors, promptTokens: 4 };
          },
        },
      ],
    };
    const items = Array.from({ length: 7 }, (_, i) => ({ kind: 'text' as const, text: `text ${i}` }));
    await expect(embedItems(model, [{ items, placeOf: () => 'input' }], call)).rejects.toMatchObject({
      code: 'upstream_total_timeout',
    });
    await Promise.all(after);
    expect(puts).toHaveLength(4);
  });

  it.runIf(isSoak)('uses its 1,000 operations for vectors before URLs', { timeout: 30_000 }, async () => {
    const host = new ClipHost();
    const count = 500;
    serve({
      [EMBED]: host.answer,
      'https://pictures.example.com/': ({ url }) => new Response(pngOf(3, 3, url)),
    });
    const input = Array.from({ length: count }, (_, i) => ({ image: `https://pictures.example.com/${i}` }));
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    await embed({ input });
    // 5 bulk reads of URLs, 5 of vectors, 500 writes of vectors: the rest is for URLs.
    expect(JSON.parse(lines.at(-1) ?? '').unstored).toBe(2 * count - (1000 - 10));
    const stored = async (prefix: string) => (await bindings.EMBEDDINGS.list({ prefix })).keys.length;
    expect(await stored('embedding:')).toBe(count);
    expect(await stored('picture-url:')).toBe(1000 - 10 - count);
  });

  it('fetches pictures with a cached URL but no vector at most six at a time, like new ones', async () => {
    const host = new ClipHost();
    let running = 0;
    let most = 0;
    serve({
      [EMBED]: host.answer,
      'https://pictures.example.com/': async ({ url }) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        return new Response(pngOf(3, 3, url));
      },
    });
    const input = Array.from({ length: 20 }, (_, i) => ({ image: `https://pictures.example.com/${i}` }));
    await embed({ input });
    const { keys } = await bindings.EMBEDDINGS.list({ prefix: 'embedding:' });
    await Promise.all(keys.map(({ name }) => bindings.EMBEDDINGS.delete(name)));
    resetIsolate('vectors');
    most = 0;
    expect((await embed({ input })).usage.cache_misses).toBe(20);
    expect(most).toBe(6);
  });

  it('does not store errors', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    serve({ [EMBED]: () => new Response('no', { status: 500 }) });
    expect((await ask('/v1/embeddings', { json: { model: 'clip', input: 'a cat' } })).status).toBe(502);
    expect((await bindings.EMBEDDINGS.list()).keys).toEqual([]);
  });
});

describe('a large request', () => {
  it('of 2,048 texts is split by the host’s limit, and answered in order', { timeout: 30_000 }, async () => {
    const host = new ClipHost(96);
    serve({ [EMBED]: host.answer });
    const input = Array.from({ length: 2048 }, (_, i) => `text number ${i}`);
    const { data } = await embed({ input, encoding_format: 'base64' });
    expect(host.requests).toBe(16);
    for (const i of [0, 127, 128, 2047]) {
      const expected = await vectorFor(`text:text number ${i}`, 96);
      const got = new Float32Array(Uint8Array.fromBase64(data[i]?.embedding as string).buffer);
      expect(got[0]).toBeCloseTo(expected[0] ?? 9, 6);
    }
  });

  it('of 2,049 items is rejected', async () => {
    serve({});
    const got = await ask('/v1/embeddings', { json: { model: 'clip', input: Array(2049).fill('x') } });
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param: 'input' });
  });
});

describe('dimensions', () => {
  it('are cut if the model supports it, from one cache entry', async () => {
    const vector = await vectorFor('x', 1024);
    const { requests } = serve({
      'https://api.jina.ai/v1/embeddings': () => Response.json({ data: [{ index: 0, embedding: Array.from(vector) }] }),
    });
    const settings = { JINA_API_KEY: 'jina_x' };
    const short = await embed({ input: 'a cat', dimensions: 64 }, { settings });
    const whole = await embed({ input: 'a cat' }, { settings });
    expect(short.data[0]?.embedding).toHaveLength(64);
    expect(whole.data[0]?.embedding).toHaveLength(1024);
    expect(Math.hypot(...((short.data[0]?.embedding ?? []) as number[]))).toBeCloseTo(1, 5);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['tiny-clip', 64, {}],
    ['jinaai/jina-clip-v2', 63, { JINA_API_KEY: 'jina_x' }],
    ['jinaai/jina-clip-v2', 1025, { JINA_API_KEY: 'jina_x' }],
  ])('are rejected if %s does not support %d', async (model, dimensions, settings) => {
    serve({});
    const got = await ask('/v1/embeddings', { json: { model, input: 'a', dimensions }, settings });
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param: 'dimensions' });
  });

  it('are forwarded to the host for openai/<id>, each as a separate space', async () => {
    const { requests } = serve({
      'https://llm.example.com/v1/embeddings': async (request) => {
        const { dimensions = 8 } = (await request.json()) as { dimensions?: number };
        return Response.json({ data: [{ index: 0, embedding: Array.from(await vectorFor('x', dimensions)) }] });
      },
    });
    const settings = { OPENAI_BASE_URL: 'https://llm.example.com/v1' };
    const four = await embed({ model: 'openai/m', input: 'a', dimensions: 4 }, { settings });
    const whole = await embed({ model: 'openai/m', input: 'a' }, { settings });
    await embed({ model: 'openai/m', input: 'a', dimensions: 4 }, { settings });
    expect([four.data[0]?.embedding.length, whole.data[0]?.embedding.length]).toEqual([4, 8]);
    expect(requests).toHaveLength(2);
  });
});

describe('a host that answers wrongly', () => {
  const unit = (length: number) => [1, ...Array(length - 1).fill(0)];
  it.each([
    ['too few vectors', { data: [] }],
    ['too many vectors', { data: [{ embedding: unit(96) }, { embedding: unit(96) }] }],
    ['other dimensions', { data: [{ index: 0, embedding: unit(95) }] }],
    ['zeros', { data: [{ index: 0, embedding: Array(96).fill(0) }] }],
    ['an index outside', { data: [{ index: 5, embedding: unit(96) }] }],
    ['bad base64', { data: [{ index: 0, embedding: '!!!' }] }],
    ['no data', { vectors: [] }],
    [
      'NaN',
      { data: [{ index: 0, embedding: new Uint8Array(new Float32Array(96).fill(Number.NaN).buffer).toBase64() }] },
    ],
  ])('with %s fails the request, and nothing is stored', async (_, body) => {
    serve({ [EMBED]: () => Response.json(body) });
    const got = await ask('/v1/embeddings', { json: { model: 'clip', input: 'a cat' } });
    expect(got.status).toBe(502);
    expect((await errorOf(got)).code).toBe('upstream_invalid_answer');
    expect((await bindings.EMBEDDINGS.list()).keys).toEqual([]);
  });

  it('in another order is sorted by index', async () => {
    const [a, b] = [unit(96), [0, ...unit(95)]];
    serve({
      [EMBED]: () =>
        Response.json({
          data: [
            { index: 1, embedding: b },
            { index: 0, embedding: a },
          ],
        }),
    });
    const { data } = await embed({ input: ['first', 'second'] });
    expect(data.map(({ embedding }) => embedding)).toEqual([a, b]);
  });
});

describe('the error of an invalid picture names the item', () => {
  it.each([
    ['not base64', { image: '***' }, 'invalid_picture'],
    ['not a picture', { image: btoa('hello there') }, 'invalid_picture'],
    ['a broken data URL', { image: 'data:image/png,abc' }, 'invalid_picture'],
    ['too many pixels', { image: pngOf(10_000, 10_000).toBase64() }, 'invalid_picture'],
    ['a missing part', { image: 'attach://x' }, 'invalid_picture'],
    ['http', { image: 'http://pictures.example.com/a.png' }, 'picture_url_refused'],
    ['an IP address', { image: 'https://127.0.0.1/a.png' }, 'picture_url_refused'],
    ['an IP address in disguise', { image: 'https://0x7f000001/a.png' }, 'picture_url_refused'],
    ['IPv6', { image: 'https://[::1]/a.png' }, 'picture_url_refused'],
    ['a port', { image: 'https://pictures.example.com:8443/a.png' }, 'picture_url_refused'],
    ['a local name', { image: 'https://localhost/a.png' }, 'picture_url_refused'],
    ['an internal name', { image: 'https://metadata.google.internal/x' }, 'picture_url_refused'],
    ['credentials', { image: 'https://u:p@pictures.example.com/a.png' }, 'picture_url_refused'],
  ])('%s', async (_, item, code) => {
    serve({});
    const got = await ask('/v1/embeddings', { json: { model: 'clip', input: ['a', 'b', 'c', item] } });
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ code, param: 'input[3]' });
  });

  it.each([
    ['is missing', () => new Response('', { status: 404 }), 'picture_url_failed'],
    ['is a page', () => new Response('<html>'), 'invalid_picture'],
    [
      'redirects inward',
      () => new Response('', { status: 302, headers: { location: 'http://127.0.0.1/' } }),
      'picture_url_refused',
    ],
    [
      'redirects forever',
      () => new Response('', { status: 302, headers: { location: PICTURE_URL } }),
      'picture_url_failed',
    ],
    ['is too large', () => new Response(new Uint8Array(10 * 1024 * 1024 + 1)), 'picture_url_failed'],
  ])('if the picture at its URL %s', async (_, host, code) => {
    serve({ [PICTURE_URL]: host });
    const got = await ask('/v1/embeddings', { json: { model: 'clip', input: [{ image: PICTURE_URL }] } });
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ code, param: 'input[0]' });
  });

  it('allows a redirect to a public URL', async () => {
    serve({
      [EMBED]: new ClipHost().answer,
      'https://short.example.com/': () => new Response('', { status: 301, headers: { location: PICTURE_URL } }),
      [PICTURE_URL]: () => new Response(GIF),
    });
    await embed({ input: { image: 'https://short.example.com/1' } });
  });
});

describe('an item with text and picture', () => {
  it('is rejected instead of read as one of them', async () => {
    serve({});
    const got = await ask('/v1/embeddings', { json: { model: 'clip', input: [{ text: 'a cat', image: dataUrl }] } });
    expect(got.status).toBe(400);
    const error = await errorOf(got);
    expect(error).toMatchObject({ code: 'invalid_parameter' });
    expect(error.message).toContain('not both');
  });
});

describe('a bad request names the parameter', () => {
  it.each([
    [{ input: 'x' }, 'model'],
    [{ model: 'clip' }, 'input'],
    [{ model: 'clip', input: [] }, 'input'],
    [{ model: 'clip', input: '' }, 'input'],
    [{ model: 'clip', input: ['ok', ''] }, 'input[1]'],
    [{ model: 'clip', input: [1, 2, 3] }, 'input'],
    [{ model: 'clip', input: { words: 'x' } }, 'input'],
    [{ model: 'clip', input: 'x', encoding_format: 'int8' }, 'encoding_format'],
    [{ model: 'clip', input: 'x', dimensions: 0 }, 'dimensions'],
  ])('%j', async (json, param) => {
    serve({});
    const got = await ask('/v1/embeddings', { json });
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param });
  });

  it('rejects a picture if the model only embeds text', async () => {
    serve({});
    const got = await ask('/v1/embeddings', {
      json: { model: 'embed', input: { image: dataUrl } },
      settings: { HF_TOKEN: 'hf_x' },
    });
    expect(await errorOf(got)).toMatchObject({ code: 'unsupported_parameter', param: 'input' });
  });

  it('rejects a multipart body that is too large or malformed, with or without a length', async () => {
    serve({});
    const form = new FormData();
    form.set('photo', new File([new Uint8Array(MAX_ITEMS_BODY_BYTES)], 'a.png'));
    const large = await withLength(form);
    for (const request of [large, { body: form }]) {
      expect(await errorOf(await ask('/v1/embeddings', request))).toMatchObject({ code: 'body_too_large' });
    }
    const { headers } = large;
    for (const length of [{ 'content-length': '3' }, {}]) {
      const request = { body: 'abc', headers: { 'content-type': headers['content-type'], ...length } };
      expect((await errorOf(await ask('/v1/embeddings', request))).message).toContain('not valid multipart');
    }
  });

  it('rejects a multipart body with a file that is no field', async () => {
    serve({});
    const form = new FormData();
    form.set('photo', new File([PNG], 'a.png'));
    expect(await errorOf(await ask('/v1/embeddings', { body: form }))).toMatchObject({
      param: 'photo',
      message: '`photo` is an unexpected file: send pictures as `input`.',
    });
  });
});

/** A multipart body whose length is declared, as clients over HTTP send it. */
async function withLength(form: FormData) {
  const encoded = new Response(form);
  const type = encoded.headers.get('content-type') ?? '';
  const body = await encoded.bytes();
  return { body, headers: { 'content-type': type, 'content-length': String(body.byteLength) } };
}
