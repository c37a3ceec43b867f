import { release } from '../../base/bytes/floats.ts';

/** Gets vectors, and the place of the first of them. They exist until it is done, and it can change them. */
export type OnVectors = (vectors: readonly Float32Array[], first: number) => void | Promise<void>;

/** Gets vectors one by one, with their places. */
export const each =
  (onVector: (vector: Float32Array, place: number) => void | Promise<void>): OnVectors =>
  async (vectors, first) => {
    for (const [i, vector] of vectors.entries()) await onVector(vector, first + i);
  };

/**
 * Passes over vectors that are stored several in a row. The memory of a row is free as soon as `onVectors` is
 * done.
 */
export async function passOver(rows: Iterable<Float32Array<ArrayBuffer>>, dimensions: number, onVectors: OnVectors) {
  let first = 0;
  for (const row of rows) {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < row.length; at += dimensions) vectors.push(row.subarray(at, at + dimensions));
    await onVectors(vectors, first);
    first += vectors.length;
    release(row);
  }
}

/** The examples that a classifier is trained from. */
export interface Examples {
  readonly dimensions: number;
  /** The label of each example, as its place in the list of labels. */
  readonly labels: Uint16Array;
  /** How many labels there are. */
  readonly labelCount: number;
  /** Passes over the unit vectors of all examples, some at a time: together they can have 24 MiB. */
  forEach(onVectors: OnVectors): Promise<void>;
}

/** How many examples each label has. */
export function countByLabel({ labels, labelCount }: Examples): Uint32Array {
  const counts = new Uint32Array(labelCount);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return counts;
}

/**
 * What a method has learned: the raw score of a label is the dot product of an input with its row of
 * `weights`, plus its `bias`. And what it would have said of each example, had it been trained from all
 * others: a row of raw scores each.
 */
export interface Fit {
  readonly weights: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array;
  readonly leftOut: Float32Array<ArrayBuffer>;
}
