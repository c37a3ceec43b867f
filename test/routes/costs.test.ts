import { describe, expect, it } from 'vitest';
import { forgetVectors } from '../../src/embedding/vector-memory.ts';
import { ClipHost } from '../support/clip-host.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, bindings, ORIGIN, serve } from '../support/worker.ts';

/** What each route may cost in requests to hosts and operations on KV, as docs/storage.md says. */

function counted() {
  const operations = { get: 0, put: 0, keys: 0 };
  const kv = {
    get: (keys: string[], type: 'text') => {
      operations.get++;
      operations.keys += keys.length;
      return bindings.EMBEDDINGS.get(keys, type);
    },
    put: (key: string, value: string, options: KVNamespacePutOptions) => {
      operations.put++;
      return bindings.EMBEDDINGS.put(key, value, options);
    },
  } as unknown as KVNamespace;
  return { operations, settings: { EMBEDDINGS: kv } };
}

describe('one request to the host, and none to KV', () => {
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

  it('costs one request and two reads when cold, two reads when stored, and nothing when the isolate knows all', async () => {
    const host = new ClipHost();
    const { requests } = serve({ [`${ORIGIN}/embeddings`]: host.answer });
    const cold = counted();
    await ask('/v1/similarity', { json, settings: cold.settings });
    expect(cold.operations).toEqual({ get: 2, put: 101, keys: 101 });
    expect(requests).toHaveLength(1);

    forgetVectors();
    const stored = counted();
    await ask('/v1/similarity', { json, settings: stored.settings });
    expect(stored.operations).toEqual({ get: 2, put: 0, keys: 101 });

    const warm = counted();
    await ask('/v1/similarity', { json, settings: warm.settings });
    expect(warm.operations).toEqual({ get: 0, put: 0, keys: 0 });
    expect(requests).toHaveLength(1);
  });
});

describe('embeddings', () => {
  it('of texts and pictures cost one request for each modality, since hosts take one at a time', async () => {
    const { requests } = serve({ [`${ORIGIN}/embeddings`]: new ClipHost().answer });
    const input = ['a', { image: pngOf(2, 2).toBase64() }, 'b', { image: pngOf(3, 3).toBase64() }];
    await ask('/v1/embeddings', { json: { model: 'clip', input } });
    expect(requests).toHaveLength(2);
  });
});
