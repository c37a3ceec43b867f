import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../src/base/bytes/large-strings.ts';
import { resetIsolate } from '../../../../src/base/isolate-state.ts';
import { origin } from '../../../../src/call/hosts.ts';
import type { EmbeddingInput, EmbeddingModel } from '../../../../src/call/tasks.ts';
import type { Item } from '../../../../src/intake/items.ts';
import { embedItems } from '../../../../src/vectors/embedding/embed-items.ts';
import { callFor } from '../../../support/call.ts';
import { vectorFor } from '../../../support/clip-host.ts';
import { pngOf } from '../../../support/pictures.ts';
import { randomFrom } from '../../../support/random.ts';
import { times } from '../../../support/soak.ts';
import { bindings } from '../../../support/worker.ts';

/**
 * The property of the cache: if its content is damaged, missing or unreadable, the vectors are still those of
 * a run without it, and the host gets each miss of a request once.
 */

const DIMENSIONS = 8;
const ITEMS: readonly Item[] = [
  ...Array.from({ length: 24 }, (_, i): Item => ({ kind: 'text', text: `text ${i}` })),
  ...Array.from({ length: 12 }, (_, i): Item => ({ kind: 'text', json: new TextEncoder().encode(`large \\"${i}\\"`) })),
  ...Array.from({ length: 12 }, (_, i): Item => ({ kind: 'image', bytes: pngOf(i + 1, 1), path: 'input' })),
];

/** Texts that come together again and again: only they are found as a set. */
const TOGETHER = [ITEMS.slice(0, 10), ITEMS.slice(6, 20), ITEMS.slice(20, 32)];

const contentOf = (item: Item | EmbeddingInput) => {
  if (item.kind === 'image') return `image:${'bytes' in item ? item.bytes.toBase64() : ''}`;
  return 'json' in item ? `large text:${textOf(item.json)}` : `text:${item.text}`;
};

/** A KV that loses values, fails and returns damaged values at a given rate. */
class FaultyKv {
  readonly #values = new Map<string, string | ArrayBuffer>();
  readonly #random: () => number;
  faults = 0;
  damagedSets = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Single vectors are read by lists of keys, as text; sets by one key, as bytes. */
  async get(keys: string[] | string): Promise<unknown> {
    if (this.#random() < this.faults) throw new Error('KV failed');
    if (typeof keys === 'string') return this.#random() < this.faults ? this.#damagedSet(keys) : this.#values.get(keys);
    return new Map(
      keys.map((key) => [key, this.#random() < this.faults ? this.#damaged(key) : (this.#values.get(key) ?? null)]),
    );
  }

  async put(key: string, value: string | ArrayBuffer): Promise<void> {
    if (this.#random() < this.faults) throw new Error('KV failed');
    this.#values.set(key, value);
  }

  #damagedSet(key: string): ArrayBuffer | null {
    const value = this.#values.get(key);
    if (!(value instanceof ArrayBuffer)) return null;
    this.damagedSets++;
    const scaled = new Float32Array(value.slice(0)).map((number) => number * 1.01).buffer;
    const ways = [null, new ArrayBuffer(0), value.slice(1), value.slice(4 * DIMENSIONS), scaled];
    return ways[Math.floor(this.#random() * ways.length)] ?? null;
  }

  #damaged(key: string): string | null {
    const value = String(this.#values.get(key) ?? 'AAAA');
    const ways = [null, '', value.slice(0, -5), `${value}AAAA`, value.replace(/./, '*'), '{"a":1}'];
    return ways[Math.floor(this.#random() * ways.length)] ?? null;
  }
}

/** Runs random batches. A failed check fails the test. @returns the number of hits */
async function run(
  batches: number,
  seed: number,
  kv: KVNamespace,
  disturb: (random: () => number) => void,
): Promise<number> {
  const random = randomFrom(seed);
  const pick = (most: number) => Math.floor(random() * most);
  const seen: string[] = [];
  const model: EmbeddingModel = {
    id: 'test',
    task: 'embedding',
    note: '',
    space: { id: `space-${seed}`, dimensions: DIMENSIONS },
    targets: [
      {
        host: origin,
        upstreamModel: 'test',
        batch: { text: 5, image: 3 },
        async embed(inputs) {
          seen.push(...inputs.map(contentOf));
          const vectors = await Promise.all(inputs.map((input) => vectorFor(contentOf(input), DIMENSIONS)));
          return { vectors, promptTokens: inputs.length };
        },
      },
    ],
  };
  const expected = new Map<string, Float32Array>();
  for (const item of ITEMS) expected.set(contentOf(item), await vectorFor(contentOf(item), DIMENSIONS));

  let hits = 0;
  for (let i = 0; i < batches; i++) {
    disturb(random);
    const anything = Array.from({ length: 1 + pick(12) }, () => ITEMS[pick(ITEMS.length)] as Item);
    const items = (random() < 0.2 ? TOGETHER[pick(TOGETHER.length)] : undefined) ?? anything;
    const refresh = random() < 0.02;
    const after: Promise<unknown>[] = [];
    const headers = new Headers(refresh ? { 'cache-control': 'no-cache' } : {});
    const call = callFor('embedding', {}, { env: { EMBEDDINGS: kv }, headers, waitUntil: (work) => after.push(work) });
    seen.length = 0;
    const answer = await embedItems(model, [{ items, placeOf: () => 'input' }], call);
    await Promise.all(after);

    items.forEach((item, at) => {
      const vector = expected.get(contentOf(item));
      if (!answer.vectors[at]?.every((value, d) => Math.abs(value - (vector?.[d] ?? 9)) < 1e-6)) {
        throw new Error(`batch ${i}: the vector of item ${at} is wrong`);
      }
    });
    const asked = new Set(items.map(contentOf));
    if (new Set(seen).size !== seen.length) throw new Error(`batch ${i}: the host saw an item twice`);
    if (!seen.every((content) => asked.has(content))) throw new Error(`batch ${i}: the host saw a foreign item`);
    if (
      answer.misses !== seen.length ||
      answer.hits !== items.length - seen.length ||
      answer.promptTokens !== seen.length
    ) {
      throw new Error(`batch ${i}: the count of hits and misses is wrong`);
    }
    if (refresh && seen.length !== asked.size) throw new Error(`batch ${i}: a refresh read the cache`);
    hits += answer.hits;
  }
  return hits;
}

describe('the cache of embeddings', () => {
  const BATCHES = times(300, 20_000);

  it(`is never wrong in ${BATCHES} random batches, with a KV that fails and returns damaged values`, {
    timeout: 30_000 + BATCHES * 5,
  }, async () => {
    const kv = new FaultyKv(randomFrom(7));
    const hits = await run(BATCHES, 1, kv as unknown as KVNamespace, (random) => {
      if (random() < 0.3) resetIsolate('vectors');
      kv.faults = random() < 0.5 ? 0 : random() * 0.6;
    });
    expect(hits).toBeGreaterThan(BATCHES);
    expect(kv.damagedSets).toBeGreaterThan(BATCHES / 500);
  });

  const STORED_BATCHES = times(20, 1_000);

  it(`is never wrong in ${STORED_BATCHES} random batches on the real KV, and finds there what memory lost`, {
    timeout: 30_000 + STORED_BATCHES * 100,
  }, async () => {
    const hits = await run(STORED_BATCHES, 2, bindings.EMBEDDINGS, (random) => {
      if (random() < 0.5) resetIsolate('vectors');
    });
    // 36 items are embedded once; only the few refreshes and repeats of the first batches are misses.
    expect(hits).toBeGreaterThan(STORED_BATCHES * 3);
  });
});
