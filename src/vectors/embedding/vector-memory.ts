import { isolateState } from '../../base/isolate-state.ts';
import { MAX_VECTOR_MEMORY_BYTES } from '../../base/sizes.ts';

/**
 * The isolate's own copies of vectors. They answer in a fraction of a microsecond, and hide that KV still
 * answers "missing" for up to a minute after a write.
 *
 * Bounded by bytes with two generations: the young one becomes the old one when it is half of the limit, and
 * the old one is dropped. What is used again moves to the young one while that has room. Unlike in a
 * least-recently-used list, most hits write nothing.
 */

type Kind = 'text' | 'large-text' | 'image';
/** What the host said of the length of its vectors: nothing, a number, or two different numbers. */
type Dimensions = number | 'dropped' | undefined;
interface SpaceMemory extends Readonly<Record<Kind, Map<string, Float32Array>>> {
  dimensions: Dimensions;
}
type Generation = Map<string, SpaceMemory>;

/** A Map's entry, the object of the vector and its buffer. */
const ENTRY_BYTES = 250;
const SPACE_BYTES = 1_000;

const memory = isolateState('vectors', () => ({
  young: new Map() as Generation,
  old: new Map() as Generation,
  youngBytes: 0,
}));

/**
 * The vectors of one space. Text is keyed by itself, large text and pictures by their digest: two spaces
 * never meet in one key.
 */
export class VectorMemory {
  readonly #space: string;

  constructor(space: string) {
    this.#space = space;
  }

  get(kind: Kind, name: string): Float32Array | undefined {
    const vector = memory.young.get(this.#space)?.[kind].get(name);
    if (vector) return vector;
    const aged = memory.old.get(this.#space)?.[kind].get(name);
    // Only while there is room: reading many old vectors must not drop the others of them.
    if (aged && memory.youngBytes + sizeOf(aged, name) <= MAX_VECTOR_MEMORY_BYTES / 2) this.set(kind, name, aged);
    return aged;
  }

  /** All vectors of texts, or undefined if one is missing: most requests, without an object per text. */
  recallAll(texts: readonly { readonly text: string }[]): Float32Array[] | undefined {
    const recent = memory.young.get(this.#space)?.text;
    const vectors = new Array<Float32Array>(texts.length);
    for (let i = 0; i < vectors.length; i++) {
      const { text } = texts[i] as { text: string };
      const vector = recent?.get(text) ?? this.get('text', text);
      if (!vector) return undefined;
      vectors[i] = vector;
    }
    return vectors;
  }

  set(kind: Kind, name: string, vector: Float32Array): void {
    const vectors = this.#young();
    if (!vectors[kind].has(name)) memory.youngBytes += sizeOf(vector, name);
    vectors[kind].set(name, vector);
    if (memory.youngBytes > MAX_VECTOR_MEMORY_BYTES / 2) {
      memory.old = memory.young;
      memory.young = new Map();
      memory.youngBytes = 0;
    }
  }

  forget(kind: Kind, name: string): void {
    for (const generation of [memory.young, memory.old]) {
      const vectors = generation.get(this.#space)?.[kind];
      const vector = vectors?.get(name);
      if (!vector) continue;
      vectors?.delete(name);
      if (generation === memory.young) memory.youngBytes -= sizeOf(vector, name);
    }
  }

  get dimensions(): Dimensions {
    return memory.young.get(this.#space)?.dimensions ?? memory.old.get(this.#space)?.dimensions;
  }

  set dimensions(dimensions: Dimensions) {
    this.#young().dimensions = dimensions;
  }

  #young(): SpaceMemory {
    let space = memory.young.get(this.#space);
    if (!space) {
      space = { text: new Map(), 'large-text': new Map(), image: new Map(), dimensions: this.dimensions };
      memory.young.set(this.#space, space);
      memory.youngBytes += SPACE_BYTES + 2 * this.#space.length;
    }
    return space;
  }
}

function sizeOf({ byteLength }: Float32Array, name: string): number {
  return byteLength + 2 * name.length + ENTRY_BYTES;
}
