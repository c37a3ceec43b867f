import { digest } from '../bytes/digest.ts';
import type { Item } from '../intake/items.ts';
import { MAX_SET_BYTES } from '../sizes.ts';
import type { Space } from '../tasks.ts';
import { isStored } from './vector.ts';

/** Smaller sets cost less than one more key. */
const MIN_SET_TEXTS = 8;

/**
 * A set of texts whose vectors are stored as one value, beside the single vectors. Labels and documents come in the same sets
 * again and again, and KV bills each key: so a new isolate reads one key instead of a hundred.
 */
export class VectorSet {
  /** Unique and sorted: the same texts in another order are the same set. */
  readonly texts: readonly string[];

  /** The same for equal sets only. */
  readonly id: string;

  constructor(texts: Iterable<string>) {
    this.texts = [...new Set(texts)].sort();
    this.id = JSON.stringify(this.texts);
  }

  /** What the set is called in its key: one digest of all texts, where a digest of each takes 1 ms for a hundred. */
  name(): Promise<string> {
    return digest(this.id);
  }

  /** @returns the vectors in the order of the texts, or undefined if the stored value is not complete, or damaged */
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

  /** @returns the value to store, or undefined if a vector is missing, or the set is too large */
  write(vectorOf: (text: string) => Float32Array | undefined): ArrayBuffer | undefined {
    const length = vectorOf(this.texts[0] ?? '')?.length ?? 0;
    if (length === 0 || 4 * length * this.texts.length > MAX_SET_BYTES) return undefined;
    const all = new Float32Array(length * this.texts.length);
    for (const [i, text] of this.texts.entries()) {
      const vector = vectorOf(text);
      if (vector?.length !== length) return undefined;
      all.set(vector, i * length);
    }
    return all.buffer;
  }
}

/** The sets of texts among the lists of a request that are large enough to be stored as one. */
export function setsOf(lists: readonly (readonly Item[])[]): VectorSet[] {
  const sets = new Map<string, VectorSet>();
  for (const items of lists) {
    if (items.length < MIN_SET_TEXTS) continue;
    const texts: string[] = [];
    for (const item of items) if (item.kind === 'text') texts.push(item.text);
    const set = new VectorSet(texts);
    if (set.texts.length >= MIN_SET_TEXTS) sets.set(set.id, set);
  }
  return [...sets.values()];
}
