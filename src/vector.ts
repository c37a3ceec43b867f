/** Arithmetic on vectors: all that similarity and classification are. */

/** @returns the vector at unit length, or undefined where it has none: zeros, NaN or infinity in it. */
export function normalize(vector: Float32Array): Float32Array | undefined {
  const length = Math.sqrt(dot(vector, vector));
  if (!Number.isFinite(length) || length === 0) return undefined;
  return vector.map((value) => value / length);
}

/** The cosine of two unit vectors of one space. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** The direction between vectors: how several prompts of one label become one. Undefined where they cancel out. */
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
    : (normalize(vector.subarray(0, dimensions)) ?? vector.slice(0, dimensions));
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
