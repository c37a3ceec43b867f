/** The examples that a classifier is trained from. */
export interface Examples {
  /** Unit vectors, one after the other. */
  readonly vectors: Float32Array;
  readonly dimensions: number;
  /** The label of each example, as its place in the list of labels. */
  readonly labels: Uint16Array;
  /** How many labels there are. */
  readonly labelCount: number;
}

/** How many examples each label has. */
export function countByLabel({ labels, labelCount }: Examples): Uint32Array {
  const counts = new Uint32Array(labelCount);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return counts;
}

/** The vector of one example; not a copy. */
export function vectorOf({ vectors, dimensions }: Examples, index: number): Float32Array {
  return vectors.subarray(index * dimensions, (index + 1) * dimensions);
}

/**
 * What a method has learned: the raw score of a label is the dot product of an input with its row of `weights`, plus its
 * `bias`. And what it would have said of each example, had it been trained from all others: a row of raw scores each.
 */
export interface Fit {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly leftOut: Float32Array;
}
