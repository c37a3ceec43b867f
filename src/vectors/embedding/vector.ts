import type { Space } from '../../call/tasks.ts';

/** The arithmetic of similarity and classification. */

/**
 * Scales a vector to unit length.
 *
 * @returns it, or undefined if it has no direction: only zeros, or NaN or infinity in it
 */
export function normalize(vector: Float32Array): Float32Array | undefined {
  const length = Math.sqrt(dot(vector, vector));
  if (!Number.isFinite(length) || length === 0) return undefined;
  // A loop takes a third of the time of `map`.
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
  return vector;
}

/**
 * The cosine of two unit vectors of one space. Four sums at a time: one alone waits for every addition before
 * it.
 */
export function dot(a: Float32Array, b: Float32Array): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const fours = a.length - (a.length % 4);
  for (let i = 0; i < fours; i += 4) {
    s0 += (a[i] as number) * (b[i] as number);
    s1 += (a[i + 1] as number) * (b[i + 1] as number);
    s2 += (a[i + 2] as number) * (b[i + 2] as number);
    s3 += (a[i + 3] as number) * (b[i + 3] as number);
  }
  for (let i = fours; i < a.length; i++) s0 += (a[i] as number) * (b[i] as number);
  return s0 + s1 + s2 + s3;
}

/** float32 keeps a unit length to about 1e-7 per element. */
const UNIT_TOLERANCE = 1e-3;

/**
 * Whether a vector can be one that was stored: finite, of unit length, and of the dimensions of its space.
 */
export function isStored(vector: Float32Array, { dimensions }: Space): boolean {
  if (dimensions !== undefined && vector.length !== dimensions) return false;
  return Math.abs(dot(vector, vector) - 1) < UNIT_TOLERANCE;
}

/**
 * The mean direction of vectors: several prompts of a label become one. Undefined if they cancel each other
 * out.
 */
export function mean(vectors: readonly Float32Array[]): Float32Array | undefined {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  return normalize(sum);
}

/** Matryoshka: the first dimensions, at unit length again. */
export function truncate(vector: Float32Array, dimensions: number): Float32Array {
  return vector.length === dimensions
    ? vector
    : (normalize(vector.slice(0, dimensions)) ?? vector.slice(0, dimensions));
}

export function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
