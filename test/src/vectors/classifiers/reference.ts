import { type Examples, passOver } from '../../../../src/vectors/classifiers/examples.ts';

/**
 * The same results without any shortcut: Gaussian elimination, and a training from all other examples for
 * each one.
 */

export const dotOf = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * (b[i] as number), 0);

/** Gaussian elimination with pivoting. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 0; i < rows.length; i++) {
    let pivot = i;
    for (let k = i; k < rows.length; k++) if (Math.abs(at(k, i)) > Math.abs(at(pivot, i))) pivot = k;
    [rows[i], rows[pivot]] = [rows[pivot] as number[], rows[i] as number[]];
    for (let k = 0; k < rows.length; k++) {
      if (k === i) continue;
      const times = at(k, i) / at(i, i);
      rows[k] = (rows[k] as number[]).map((value, j) => value - times * at(i, j));
    }
  }
  return rows.map((_, i) => at(i, rows.length) / at(i, i));
}

/** Ridge regression whose last weight is a bias without a penalty. @returns the weights of each label */
export function refit(
  vectors: readonly (readonly number[])[],
  labels: readonly number[],
  count: number,
  lambda: number,
) {
  const rows = vectors.map((vector) => [...vector, 1]);
  const size = (rows[0] as number[]).length;
  const sides = Array.from({ length: size }, (_, j) => j);
  const matrix = sides.map((j) =>
    sides.map(
      (k) =>
        rows.reduce((sum, row) => sum + (row[j] as number) * (row[k] as number), 0) +
        (j === k && j < size - 1 ? lambda : 0),
    ),
  );
  return Array.from({ length: count }, (_, label) =>
    solve(
      matrix,
      sides.map((j) => rows.reduce((sum, row, i) => sum + (labels[i] === label ? (row[j] as number) : 0), 0)),
    ),
  );
}

/** The mean square of the vectors after their mean was subtracted. */
export function spreadOf(vectors: readonly (readonly number[])[]): number {
  const mean = (vectors[0] as number[]).map(
    (_, j) => vectors.reduce((sum, v) => sum + (v[j] as number), 0) / vectors.length,
  );
  return (
    vectors.reduce((sum, v) => sum + v.reduce((s, x, j) => s + (x - (mean[j] as number)) ** 2, 0), 0) / vectors.length
  );
}

/** Unit vectors around a direction of each label. */
export function makeExamples(counts: readonly number[], dimensions: number, random: () => number): Examples {
  const centers = counts.map(() => Array.from({ length: dimensions }, () => random() - 0.5));
  const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
  const vectors = labels.map((label) => {
    const vector = (centers[label] as number[]).map((x) => x + 1.5 * (random() - 0.5));
    const length = Math.hypot(...vector);
    return vector.map((x) => x / length);
  });
  return examplesOf(vectors, labels);
}

/** Read as from a store: three at a time, and gone when they have been read. */
export function examplesOf(rows: readonly (readonly number[])[], labels: readonly number[]): Examples {
  return {
    dimensions: rows[0]?.length ?? 0,
    labels: Uint16Array.from(labels),
    labelCount: Math.max(...labels) + 1,
    forEach: (onVectors) => passOver(threeByThree(rows), rows[0]?.length ?? 0, onVectors),
  };
}

function* threeByThree(rows: readonly (readonly number[])[]) {
  for (let i = 0; i < rows.length; i += 3) yield Float32Array.from(rows.slice(i, i + 3).flat());
}

export async function rowsOf({ forEach }: Examples): Promise<number[][]> {
  const rows: number[][] = [];
  await forEach((vectors) => {
    for (const vector of vectors) rows.push([...vector]);
  });
  return rows;
}

export const without = <T>(values: readonly T[], index: number): T[] => values.filter((_, i) => i !== index);
