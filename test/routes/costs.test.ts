import { describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { ClipHost, vectorFor } from '../support/clip-host.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, bindings, ORIGIN, serve } from '../support/worker.ts';

/** The number of requests to hosts and operations on KV per route, as in docs/storage.md. */

function counted() {
  const operations = { get: 0, put: 0, keys: 0 };
  const kv = {
    get: (keys: string | string[], type: 'text') => {
      operations.get++;
      operations.keys += [keys].flat().length;
      return bindings.EMBEDDINGS.get(keys as string[], type);
    },
    put: (key: string, value: string, options: KVNamespacePutOptions) => {
      operations.put++;
      return bindings.EMBEDDINGS.put(key, value, options);
    },
  } as unknown as KVNamespace;
  return { operations, settings: { EMBEDDINGS: kv } };
}

describe('one request to the host, and no KV operation', () => {
  it.each([
    ['/v1/chat/completions', { model: 'text', messages: [{ role: 'user', content: 'hi' }] }],
    ['/v1/completions', { model: 'text', prompt: ['a', 'b', 'c'] }],
    ['/v1/images/generations', { prompt: 'a house' }],
  ])('%s', async (path, json) => {
    const { operations, settings } = counted();
    const { requests } = serve({
      [`${ORIGIN}/v1/`]: () => Response.json({ choices: [{ index: 0, text: 'x', message: { content: 'x' } }] }),
      [`${ORIGIN}/models/`]: () => new Response(pngOf(256, 256), { headers: { 'content-type': 'image/png' } }),
    });
    expect((await ask(path, { json, settings })).status).toBe(200);
    expect(requests).toHaveLength(1);
    expect(operations).toEqual({ get: 0, put: 0, keys: 0 });
  });
});

describe('similarity of one text and 100', () => {
  const json = { query: 'q', documents: Array.from({ length: 100 }, (_, i) => `document ${i}`) };
  const FREE = { KV_WRITES_PER_REQUEST: '', KV_WRITES_PER_DAY: '' };

  /** Asks as a new isolate does, unless it is warm. @returns the operations on KV */
  async function cost(more: Partial<typeof FREE> = {}, { warm = false, ask: body = json as object } = {}) {
    if (!warm) resetIsolate('vectors');
    const { operations, settings } = counted();
    expect((await ask('/v1/similarity', { json: body, settings: { ...settings, ...more } })).status).toBe(200);
    return operations;
  }

  it('costs a read of each text, until the known set is stored as one value', async () => {
    const { requests } = serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    expect(await cost()).toEqual({ get: 3, put: 101, keys: 102 });
    // Found whole, one by one: now the set is stored, too.
    expect(await cost()).toEqual({ get: 3, put: 1, keys: 102 });
    expect(await cost()).toEqual({ get: 2, put: 0, keys: 2 });
    expect(await cost({}, { warm: true })).toEqual({ get: 0, put: 0, keys: 0 });
    expect(requests).toHaveLength(1);
  });

  it('stores the whole set with one write if the plan does not allow one for each text', async () => {
    const { requests } = serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    // The set, and the query.
    expect(await cost(FREE)).toEqual({ get: 3, put: 2, keys: 102 });
    expect(await cost(FREE)).toEqual({ get: 2, put: 0, keys: 2 });
    expect(requests).toHaveLength(1);
  });

  it('costs two reads for a new picture against known labels, in any order', async () => {
    const { requests } = serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    await cost(FREE);
    const shuffled = { query: { image: pngOf(7, 7).toBase64() }, documents: json.documents.toReversed() };
    expect(await cost(FREE, { ask: shuffled })).toEqual({ get: 2, put: 1, keys: 2 });
    expect(requests).toHaveLength(2);
  });

  it('still costs half if half is known', async () => {
    const host = new ClipHost();
    serve({ [`${ORIGIN}/embeddings`]: host.answer });
    await cost();
    const half = [...json.documents.slice(50), ...Array.from({ length: 50 }, (_, i) => `other ${i}`)];
    expect(await cost({}, { ask: { ...json, documents: half } })).toEqual({ get: 3, put: 50, keys: 102 });
    expect(host.seen).toHaveLength(151);
  });

  it('reads damaged sets one by one, and stores them again', async () => {
    const { requests } = serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    await cost();
    await cost();
    const [key] = (await bindings.EMBEDDINGS.list({ prefix: 'embedding-set:' })).keys;
    const whole = (await bindings.EMBEDDINGS.get(key?.name ?? '', 'arrayBuffer')) as ArrayBuffer;
    const wrong = new Float32Array(whole.slice(0)).fill(0.5, 0, 96).buffer;
    for (const damaged of [new ArrayBuffer(0), new ArrayBuffer(7), whole.slice(4), whole.slice(0, -4 * 96), wrong]) {
      await bindings.EMBEDDINGS.put(key?.name ?? '', damaged);
      expect(await cost()).toEqual({ get: 3, put: 1, keys: 102 });
      expect(await cost()).toEqual({ get: 2, put: 0, keys: 2 });
    }
    expect(requests).toHaveLength(1);
  });

  it('writes a refreshed set again, too', async () => {
    const host = new ClipHost();
    serve({ [`${ORIGIN}/embeddings`]: host.answer });
    await cost(FREE);
    const { operations, settings } = counted();
    await ask('/v1/similarity', { json, settings: { ...settings, ...FREE }, headers: { 'cache-control': 'no-cache' } });
    expect(operations).toEqual({ get: 0, put: 2, keys: 0 });
    expect(host.seen).toHaveLength(202);
  });
});

describe('a set', () => {
  const input = Array.from({ length: 10 }, (_, i) => `text ${i}`);

  it('is read and written once if it is on both sides', async () => {
    serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const json = { model: 'clip', query: input, documents: input };
    await ask('/v1/similarity', { json });
    resetIsolate('vectors');
    const { operations, settings } = counted();
    await ask('/v1/similarity', { json, settings });
    expect(operations).toEqual({ get: 2, put: 1, keys: 11 });
  });

  it('is refreshed with its vectors, even if their number of dimensions has changed', async () => {
    let dimensions = 16;
    const host = async (request: Request) => {
      const { input } = (await request.json()) as { input: string[] };
      const vectors = await Promise.all(input.map((text) => vectorFor(`${dimensions}:${text}`, dimensions)));
      return Response.json({ data: vectors.map((vector, index) => ({ index, embedding: Array.from(vector) })) });
    };
    serve({ 'https://llm.example.com/': host });
    const similar = async (query: string, headers = {}) => {
      resetIsolate('vectors');
      const json = { model: 'openai/e', query, documents: input };
      const settings = { OPENAI_BASE_URL: 'https://llm.example.com/v1' };
      return (await ask('/v1/similarity', { json, headers, settings })).status;
    };
    await similar('a');
    await similar('a');
    dimensions = 32;
    expect(await similar('b')).toBe(502);
    expect(await similar('b', { 'cache-control': 'no-cache' })).toBe(200);
    expect(await similar('c')).toBe(200);
  });

  it('of many texts is stored, although memory cannot hold them all', { timeout: 30_000 }, async () => {
    serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const { operations, settings } = counted();
    const long = Array.from({ length: 2_000 }, (_, i) => `${'long text '.repeat(500)}${i}`);
    const limits = { KV_WRITES_PER_REQUEST: '1' };
    await ask('/v1/embeddings', {
      json: { model: 'clip', input: long.slice(0, 900), encoding_format: 'base64' },
      settings: { ...settings, ...limits },
    });
    expect(operations.put).toBe(1);
    expect((await bindings.EMBEDDINGS.list({ prefix: 'embedding-set:' })).keys).toHaveLength(1);
  });
});

describe('writes to KV', () => {
  it('that fail are counted in the log line', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const put = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('KV is down');
    };
    const { settings } = counted();
    const EMBEDDINGS = { ...settings.EMBEDDINGS, put } as unknown as KVNamespace;
    await ask('/v1/embeddings', { json: { model: 'clip', input: 'a' }, settings: { EMBEDDINGS } });
    expect(JSON.parse(lines.at(-1) ?? '').cache_failures).toBe(1);
  });

  it.each(['many', '-1', '1e3', '2.5'])(
    'keep their default limits where a setting is %j, and readiness says so',
    async (value) => {
      serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
      const { operations, settings } = counted();
      const input = Array.from({ length: 30 }, (_, i) => `text ${i}`);
      const wrong = { KV_WRITES_PER_REQUEST: value };
      const got = await ask('/v1/embeddings', { json: { model: 'clip', input }, settings: { ...settings, ...wrong } });
      expect(got.status).toBe(200);
      // More vectors than writes: one for all.
      expect(operations.put).toBe(1);
      expect(await (await ask('/readyz', { settings: wrong })).text()).toContain('KV_WRITES_PER_REQUEST');
    },
  );

  it('stop at the limit of a day, and the log counts what was not stored', async () => {
    serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    const { operations, settings } = counted();
    const input = Array.from({ length: 30 }, (_, i) => `text ${i}`);
    await ask('/v1/embeddings', { json: { model: 'clip', input }, settings: { ...settings, KV_WRITES_PER_DAY: '5' } });
    // A set is stored with one write.
    expect(operations.put).toBe(1);
    expect(JSON.parse(lines.at(-1) ?? '').unstored).toBeUndefined();
    const few = { model: 'clip', input: ['a', 'b', 'c'] };
    await ask('/v1/embeddings', { json: few, settings: { ...settings, KV_WRITES_PER_DAY: '2' } });
    expect(operations.put).toBe(2);
    expect(JSON.parse(lines.at(-1) ?? '').unstored).toBe(2);
    // The isolate's memory has them all the same.
    const again = await ask('/v1/embeddings', { json: { model: 'clip', input }, settings });
    expect(await again.json()).toMatchObject({ usage: { cache_hits: 30, cache_misses: 0 } });
  });
});

describe('embeddings', () => {
  it('of texts and pictures make one request per modality, since a request to the host has one modality', async () => {
    const { requests } = serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const input = ['a', { image: pngOf(2, 2).toBase64() }, 'b', { image: pngOf(3, 3).toBase64() }];
    await ask('/v1/embeddings', { json: { model: 'clip', input } });
    expect(requests).toHaveLength(2);
  });
});
