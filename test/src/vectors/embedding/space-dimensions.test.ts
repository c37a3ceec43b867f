import { describe, expect, it } from 'vitest';
import { resetIsolate } from '../../../../src/base/isolate-state.ts';
import { origin } from '../../../../src/call/hosts.ts';
import type { EmbeddingModel } from '../../../../src/call/tasks.ts';
import { embedItems } from '../../../../src/vectors/embedding/embed-items.ts';
import { callFor } from '../../../support/call.ts';
import { vectorFor } from '../../../support/clip-host.ts';
import { randomFrom } from '../../../support/random.ts';
import { bindings } from '../../../support/worker.ts';

/**
 * A model whose dimensions only its host knows, and a host whose vectors have the dimensions that the test
 * says.
 */
function newSpace() {
  const id = crypto.randomUUID();
  const host = { dimensions: (_text: string) => 4, embedded: [] as string[] };
  const model: EmbeddingModel = {
    ...{ id: 'test', task: 'embedding', note: '', space: { id } },
    targets: [
      {
        ...{ host: origin, upstreamModel: 'test', batch: { text: 2 } },
        async embed(inputs) {
          const texts = inputs.map((input) => ('text' in input ? input.text : ''));
          host.embedded.push(...texts);
          const vectors = await Promise.all(texts.map((text) => vectorFor(text, host.dimensions(text))));
          return { vectors, promptTokens: texts.length };
        },
      },
    ],
  };
  /** @returns the dimensions of the vectors, or the code of the error */
  const embed = async (texts: readonly string[], headers = {}) => {
    const after: Promise<unknown>[] = [];
    const env = { EMBEDDINGS: bindings.EMBEDDINGS };
    const waitUntil = (work: Promise<unknown>) => after.push(work);
    const call = callFor('embedding', {}, { env, headers: new Headers(headers), waitUntil });
    const items = texts.map((text) => ({ kind: 'text', text }) as const);
    const lengths = await embedItems(model, [{ items, placeOf: () => 'input' }], call).then(
      ({ vectors }) => vectors.map(({ length }) => length),
      ({ code }) => code as string,
    );
    await Promise.all(after);
    return lengths;
  };
  const remembered = () => bindings.EMBEDDINGS.get(`embedding-dimensions:v1:${id}`);
  const keys = async () => (await bindings.EMBEDDINGS.list({ prefix: `embedding:v1:${id}:` })).keys.length;
  return { host, embed, remembered, keys };
}

const REFUSED = 'upstream_invalid_answer';

describe('the dimensions of a space that only its host knows', () => {
  it('are remembered for other isolates, and a vector of another length is refused and stored nowhere', async () => {
    const { host, embed, remembered, keys } = newSpace();
    expect(await embed(['a'])).toEqual([4]);
    expect([await remembered(), await keys()]).toEqual(['4', 1]);
    resetIsolate('vectors');
    host.dimensions = () => 8;
    expect(await embed(['b'])).toBe(REFUSED);
    expect([await remembered(), await keys()]).toEqual([null, 1]);
    // A host that was wrong once.
    host.dimensions = () => 4;
    expect(await embed(['a', 'b'])).toEqual([4, 4]);
    expect([await remembered(), await keys()]).toEqual(['4', 2]);
  });

  it('change with the model behind the name, after an error or two', async () => {
    const { host, embed } = newSpace();
    await embed(['a', 'b', 'c']);
    host.dimensions = () => 8;
    expect(await embed(['d'])).toBe(REFUSED);
    expect(await embed(['d'])).toEqual([8]);
    expect(await embed(['a', 'b', 'c', 'd'])).toEqual([8, 8, 8, 8]);
    resetIsolate('vectors');
    host.embedded = [];
    expect(await embed(['a', 'b', 'c', 'd'])).toEqual([8, 8, 8, 8]);
    expect(host.embedded).toEqual([]);
  });

  it('are what the host says now, if its first vector of all had another length', async () => {
    const { host, embed } = newSpace();
    host.dimensions = (text) => (text === 'odd' ? 8 : 4);
    expect(await embed(['odd'])).toEqual([8]);
    expect(await embed(['a', 'b'])).toBe(REFUSED);
    host.dimensions = () => 4;
    expect(await embed(['a', 'b'])).toEqual([4, 4]);
    for (const isNewIsolate of [false, true]) {
      if (isNewIsolate) resetIsolate('vectors');
      expect(await embed(['odd', 'a', 'b', 'c'])).toEqual([4, 4, 4, 4]);
    }
  });

  it('are unknown after vectors of two lengths in one answer, of which none is stored', async () => {
    const { host, embed, remembered, keys } = newSpace();
    host.dimensions = (text) => (text === 'odd' ? 8 : 4);
    expect(await embed(['a', 'odd', 'b', 'c'])).toBe(REFUSED);
    expect([await remembered(), await keys()]).toEqual([null, 0]);
    host.dimensions = () => 4;
    host.embedded = [];
    expect(await embed(['a', 'odd', 'b', 'c'])).toEqual([4, 4, 4, 4]);
    expect(host.embedded.toSorted()).toEqual(['a', 'b', 'c', 'odd']);
  });

  it('are learned again where vectors of two lengths were stored before they were remembered', async () => {
    const { host, embed, remembered } = newSpace();
    await embed(['a', 'b']);
    resetIsolate('vectors');
    for (const { name } of (await bindings.EMBEDDINGS.list({ prefix: 'embedding-dimensions:' })).keys) {
      await bindings.EMBEDDINGS.delete(name);
    }
    host.dimensions = () => 8;
    await embed(['c']);
    await bindings.EMBEDDINGS.delete(
      (await bindings.EMBEDDINGS.list({ prefix: 'embedding-dimensions:' })).keys[0]?.name ?? '',
    );
    resetIsolate('vectors');
    const answers = [await embed(['a', 'b', 'c']), await embed(['a', 'b', 'c'])];
    expect(answers.at(-1)).toEqual([8, 8, 8]);
    expect(await remembered()).toBe('8');
  });

  it('are replaced by those of a request with `no-cache`', async () => {
    const { host, embed, remembered } = newSpace();
    await embed(['a', 'b']);
    host.dimensions = () => 8;
    expect(await embed(['a'], { 'cache-control': 'no-cache' })).toEqual([8]);
    expect([await remembered(), await embed(['a', 'b'])]).toEqual(['8', [8, 8]]);
  });

  it('are neither remembered nor dropped by a request with `no-store`', async () => {
    const { host, embed, remembered } = newSpace();
    const noStore = { 'cache-control': 'no-store' };
    expect([await embed(['a'], noStore), await remembered()]).toEqual([[4], null]);
    await embed(['a']);
    host.dimensions = (text) => (text === 'odd' ? 8 : 4);
    expect(await embed(['b', 'odd'], noStore)).toBe(REFUSED);
    expect(await remembered()).toBe('4');
  });

  it('heal within three requests, whatever a host has answered in 200 batches, and whatever isolate asks', async () => {
    const random = randomFrom(3);
    const { host, embed } = newSpace();
    const texts = Array.from({ length: 12 }, (_, i) => `text ${i}`);
    for (let i = 0; i < 200; i++) {
      if (random() < 0.3) resetIsolate('vectors');
      const odd = random() < 0.1 ? 8 : 4;
      host.dimensions = () => (random() < 0.5 ? odd : 4);
      const asked = texts.filter(() => random() < 0.4);
      const lengths = await embed(asked);
      if (typeof lengths !== 'string') expect(new Set(lengths).size).toBeLessThan(2);
    }
    host.dimensions = () => 4;
    const last = [];
    for (let i = 0; i < 3; i++) last.push(await embed(texts));
    expect(last.at(-1)).toEqual(texts.map(() => 4));
    resetIsolate('vectors');
    expect(await embed(texts)).toEqual(texts.map(() => 4));
  });
});
