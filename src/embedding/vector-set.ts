import { digest, digestOfPieces } from '../bytes/digest.ts';
import type { Item } from '../intake/items.ts';
import { MAX_SET_BYTES } from '../sizes.ts';
import type { Space } from '../tasks.ts';
import { isStored } from './vector.ts';

/** Smaller sets cost less than one more key. */
const MIN_SET_TEXTS = 8;
/** From here on the texts of a set are not joined to name it. */
const LARGE_CHARACTERS = 64 * 1024;

/**
 * A set of texts whose vectors are stored as one value, beside the single vectors. Labels and documents come in the same sets
 * again and again, and KV bills each key: so a new isolate reads one key instead of a hundred.
 */
export class VectorSet {
  /** Unique and sorted: the same texts in another order are the same set. */
  readonly texts: readonly string[];

  constructor(texts: Iterable<string>) {
    this.texts = [...new Set(texts)].sort();
  }

  equals({ texts }: VectorSet): boolean {
    return texts.length === this.texts.length && texts.every((text, i) => text === this.texts[i]);
  }

  /** What the set is called in its key: one digest of all texts as JSON, where a digest of each takes 1 ms for a hundred. */
  name(): Promise<string> {
    const characters = this.texts.reduce((sum, { length }) => sum + length, 0);
    return characters < LARGE_CHARACTERS ? digest(JSON.stringify(this.texts)) : digestOfPieces(this.#json());
  }

  *#json(): Generator<string> {
    let separator = '[';
    for (const text of this.texts) {
      yield separator + JSON.stringify(text);
      separator = ',';
    }
    yield ']';
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
  const sets: VectorSet[] = [];
  for (const items of lists) {
    if (items.length < MIN_SET_TEXTS) continue;
    const texts: string[] = [];
    for (const item of items) if (item.kind === 'text') texts.push(item.text);
    const set = new VectorSet(texts);
    if (set.texts.length >= MIN_SET_TEXTS && !sets.some((other) => other.equals(set))) sets.push(set);
  }
  return sets;
}
