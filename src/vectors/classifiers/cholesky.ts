import { yieldAfter } from './yield-after.ts';

/** Symmetric systems of equations, of which only the lower triangle is stored: row i has i + 1 numbers. */
export type Matrix = readonly Float64Array<ArrayBuffer>[];

export const triangle = (size: number): Matrix => Array.from({ length: size }, (_, i) => new Float64Array(i + 1));

/**
 * Factors a positive definite matrix in place: A becomes L with A = L Lᵀ. A pivot that rounding has made
 * smaller than `least` is raised to it, so the factor is always finite.
 */
export async function factor(a: Matrix, least: number): Promise<void> {
  for (let i = 0; i < a.length; i++) {
    const row = a[i] as Float64Array;
    for (let j = 0; j < i; j++) {
      const other = a[j] as Float64Array;
      row[j] = ((row[j] as number) - dotOf(row, other, j)) / (other[j] as number);
    }
    row[i] = Math.sqrt(Math.max(least, (row[i] as number) - dotOf(row, row, i)));
    await yieldAfter((i * i) / 2);
  }
}

/** The inverse of `factor`, in place: L becomes A = L Lᵀ. It costs as much, and no second matrix. */
export async function multiply(l: Matrix): Promise<void> {
  // From the end: a number of A needs only numbers of L that are before it.
  for (let i = l.length - 1; i >= 0; i--) {
    const row = l[i] as Float64Array;
    for (let j = i; j >= 0; j--) row[j] = dotOf(row, l[j] as Float64Array, j + 1);
    await yieldAfter((i * i) / 2);
  }
}

/** Solves L x = b in place. */
export function forward(l: Matrix, b: Float64Array): void {
  for (let i = 0; i < l.length; i++) {
    const row = l[i] as Float64Array;
    b[i] = ((b[i] as number) - dotOf(row, b, i)) / (row[i] as number);
  }
}

/** Solves Lᵀ x = b in place. */
export function backward(l: Matrix, b: Float64Array): void {
  for (let i = l.length - 1; i >= 0; i--) {
    const row = l[i] as Float64Array;
    const x = (b[i] as number) / (row[i] as number);
    b[i] = x;
    for (let j = 0; j < i; j++) b[j] = (b[j] as number) - x * (row[j] as number);
  }
}

/**
 * The dot product of the first `length` numbers. Four sums at a time: one alone waits for every addition
 * before it.
 */
export function dotOf(a: Float64Array, b: Float64Array, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const fours = length - (length % 4);
  for (let i = 0; i < fours; i += 4) {
    s0 += (a[i] as number) * (b[i] as number);
    s1 += (a[i + 1] as number) * (b[i + 1] as number);
    s2 += (a[i + 2] as number) * (b[i + 2] as number);
    s3 += (a[i + 3] as number) * (b[i + 3] as number);
  }
  for (let i = fours; i < length; i++) s0 += (a[i] as number) * (b[i] as number);
  return s0 + s1 + s2 + s3;
}
