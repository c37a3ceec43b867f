import { digest } from '../../base/bytes/digest.ts';
import { floatStream } from '../../base/bytes/floats.ts';
import { MAX_SET_BYTES } from '../../base/sizes.ts';
import type { Space } from '../../call/tasks.ts';
import { type EmbeddingEntry, type IdentifiedEntry, isIdentified } from './embedding-batch.ts';
import { isStored } from './vector.ts';

/** Smaller sets cost less than one more key. */
const MIN_SET_TEXTS = 8;
/** From here on memory counts more than the cost of a stream. */
const STREAMED_BYTES = 1024 * 1024;

/**
 * A set of texts whose vectors are stored as one value, beside the single vectors. Labels and documents come
 * in the same sets again and again, and KV bills each key: so a new isolate reads one key instead of a
 * hundred.
 */
export class VectorSet {
  /** Unique and sorted: the same texts in another order are the same set. */
  readonly texts: readonly IdentifiedEntry[];
  #name: Promise<string> | undefined;

  constructor(texts: Iterable<IdentifiedEntry>) {
    this.texts = [...new Set(texts)].sort(byName);
  }

  equals({ texts }: VectorSet): boolean {
    return texts.length === this.texts.length && texts.every((text, i) => text === this.texts[i]);
  }

  /**
   * What the set is called in its key: one digest of all texts, where a digest of each takes 1 ms for a
   * hundred.
   */
  name(): Promise<string> {
    // The content id of a large text is a digest, which could be a text as well.
    const names = () => this.texts.map(({ kind, contentId }) => (kind === 'text' ? contentId : [contentId]));
    this.#name ??= digest(JSON.stringify(names()));
    return this.#name;
  }

  /**
   * @returns the vectors in the order of the texts, or undefined if the stored value is not complete, or
   * damaged
   */
  read(stored: ArrayBuffer, space: Space): Float32Array[] | undefined {
    if (stored.byteLength % 4 !== 0) return undefined;
    const all = new Float32Array(stored);
    const length = all.length / this.texts.length;
    if (length === 0 || !Number.isInteger(length)) return undefined;
    const vectors: Float32Array[] = [];
    for (let start = 0; start < all.length; start += length) {
      // A copy, since a view would keep the whole set in memory.
      const vector = all.slice(start, start + length);
      if (!isStored(vector, space)) return undefined;
      vectors.push(vector);
    }
    return vectors;
  }

  /** Whether all vectors are known, and are not too large together. */
  get isStorable(): boolean {
    const length = this.texts[0]?.vector?.length ?? 0;
    if (length === 0 || this.#byteLength > MAX_SET_BYTES) return false;
    return this.texts.every(({ vector }) => vector?.length === length);
  }

  /**
   * The value to store. That of a large set is a stream: as bytes, it was in memory twice beside the vectors.
   */
  value(): ArrayBuffer | ReadableStream {
    const vectors = this.texts.map(({ vector }) => vector as Float32Array);
    return this.#byteLength < STREAMED_BYTES ? joined(vectors) : floatStream(vectors);
  }

  get #byteLength(): number {
    return 4 * (this.texts[0]?.vector?.length ?? 0) * this.texts.length;
  }
}

function joined(vectors: readonly Float32Array[]): ArrayBuffer {
  const length = vectors[0]?.length ?? 0;
  const all = new Float32Array(length * vectors.length);
  for (const [i, vector] of vectors.entries()) all.set(vector, i * length);
  return all.buffer;
}

function byName(a: IdentifiedEntry, b: IdentifiedEntry): number {
  if (a.contentId === b.contentId) return a.kind < b.kind ? -1 : 1;
  return a.contentId < b.contentId ? -1 : 1;
}

/** The sets of texts among the lists of a request that are large enough to be stored as one. */
export function setsOf(lists: Iterable<readonly EmbeddingEntry[]>): VectorSet[] {
  const sets: VectorSet[] = [];
  for (const list of lists) {
    if (list.length < MIN_SET_TEXTS) continue;
    const set = new VectorSet(list.filter(isIdentified).filter(({ kind }) => kind !== 'image'));
    if (set.texts.length >= MIN_SET_TEXTS && !sets.some((other) => other.equals(set))) sets.push(set);
  }
  return sets;
}
