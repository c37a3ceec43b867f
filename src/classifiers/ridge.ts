import { dot } from '../embedding/vector.ts';
import { backward, dotOf, factor, forward, type Matrix, triangle } from './cholesky.ts';
import { countByLabel, type Examples, type Fit, vectorOf } from './examples.ts';

/**
 * Ridge regression with a bias: the scores of a label come as near as possible to 1 for its examples and to 0 for all others, with
 * a penalty on squared weights. Solved in closed form, and so are the leave-one-out scores: an example with target y, score f and
 * the entry h on the diagonal of the hat matrix gets y - (y - f) / (1 - h) from all others. The bias is not penalized, which is
 * the same as subtracting the mean of all vectors first.
 *
 * The system has the size of the dimensions or of the examples, whichever is smaller.
 *
 * @param examples whose vectors are changed: their mean becomes 0
 * @param penalties of which the one with the smallest leave-one-out errors is taken; each relative to the mean square of the
 *   vectors after the mean was subtracted
 */
export function fitRidge(examples: Examples, penalties: readonly number[]): Fit {
  const { labels, dimensions, labelCount } = examples;
  const { rows, mean } = center(examples);
  const spread = rows.reduce((sum, row) => sum + dot(row, row), 0) / rows.length;
  const shares = Float64Array.from(countByLabel(examples), (count) => count / rows.length);
  const isWide = rows.length <= dimensions;
  const gram = isWide ? gramOfRows(rows) : gramOfColumns(rows, dimensions);
  let best: { fit: Fit; squares: number } | undefined;
  for (const penalty of penalties) {
    // Equal vectors have no spread: with any penalty, their weights are 0.
    const lambda = penalty * spread || 1;
    const solver = solverOf(rows, factored(gram, lambda), isWide);
    const weights = new Float32Array(labelCount * dimensions);
    shares.forEach((_, label) => {
      weights.set(solver.weightsOf(labels, label), label * dimensions);
    });
    const rowOf = (label: number) => weights.subarray(label * dimensions, (label + 1) * dimensions);
    const bias = Float32Array.from(shares, (share, label) => share - dot(rowOf(label), mean));
    const leftOut = new Float32Array(rows.length * labelCount);
    let squares = 0;
    rows.forEach((row, i) => {
      const squared = solver.squareOf(i);
      const rest = (isWide ? lambda * squared : 1 - squared) - 1 / rows.length;
      for (let label = 0; label < labelCount; label++) {
        const target = labels[i] === label ? 1 : 0;
        const error = target - dot(row, rowOf(label)) - (shares[label] as number);
        // Without the only example nothing is left.
        const leftOutError = rest > 1e-9 ? error / rest : target;
        leftOut[i * labelCount + label] = target - leftOutError;
        squares += leftOutError ** 2;
      }
    });
    if (!best || squares < best.squares) best = { fit: { weights, bias, leftOut }, squares };
  }
  return (best as { fit: Fit }).fit;
}

type Rows = readonly Float32Array[];

/**
 * The system in the smaller of its two forms. Tall, with L Lᵀ = ZᵀZ + λ: w = (ZᵀZ + λ)⁻¹ Zᵀy, and h = |L⁻¹z|². Wide, with
 * L Lᵀ = ZZᵀ + λ: w = Zᵀ (ZZᵀ + λ)⁻¹ y, and h = 1 - λ |L⁻¹e|², where e is 1 for the example and 0 for all others. The targets need
 * no centering: the rows of Z add up to 0.
 */
function solverOf(rows: Rows, l: Matrix, isWide: boolean) {
  const side = new Float64Array(l.length);
  /** Zᵀc */
  const combined = (coefficients: Float64Array) => {
    const sum = new Float64Array(rows[0]?.length ?? 0);
    rows.forEach((row, i) => {
      const coefficient = coefficients[i] as number;
      if (coefficient === 0) return;
      for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + coefficient * (row[j] as number);
    });
    return sum;
  };
  return {
    weightsOf(labels: Uint16Array, label: number): Float64Array {
      const targets = Float64Array.from(labels, (own) => (own === label ? 1 : 0));
      const solved = isWide ? targets : combined(targets);
      forward(l, solved);
      backward(l, solved);
      return isWide ? combined(solved) : solved;
    },
    /** |L⁻¹z|² or |L⁻¹e|² of an example. */
    squareOf(example: number): number {
      if (isWide) side.fill(0)[example] = 1;
      else side.set(rows[example] as Float32Array);
      forward(l, side);
      return dotOf(side, side, side.length);
    },
  };
}

/** Subtracts the mean of all vectors from each, in place: a copy can have 24 MB. @returns views of them */
function center(examples: Examples): { rows: Rows; mean: Float32Array } {
  const { labels, dimensions } = examples;
  const rows = Array.from(labels, (_, i) => vectorOf(examples, i));
  const sum = new Float64Array(dimensions);
  for (const row of rows) for (let j = 0; j < dimensions; j++) sum[j] = (sum[j] as number) + (row[j] as number);
  const mean = Float32Array.from(sum, (total) => total / rows.length);
  for (const row of rows) for (let j = 0; j < dimensions; j++) row[j] = (row[j] as number) - (mean[j] as number);
  return { rows, mean };
}

const gramOfRows = (rows: Rows): Matrix =>
  rows.map((row, i) => Float64Array.from({ length: i + 1 }, (_, j) => dot(row, rows[j] as Float32Array)));

/** Four rows at a time: the matrix is then read and written a quarter as often. */
function gramOfColumns(rows: Rows, dimensions: number): Matrix {
  const gram = triangle(dimensions);
  const none = new Float32Array(dimensions);
  for (let i = 0; i < rows.length; i += 4) {
    const [a = none, b = none, c = none, d = none] = rows.slice(i, i + 4);
    for (let j = 0; j < dimensions; j++) {
      const sums = gram[j] as Float64Array;
      const [aj, bj, cj, dj] = [a[j] as number, b[j] as number, c[j] as number, d[j] as number];
      for (let k = 0; k <= j; k++) {
        sums[k] =
          (sums[k] as number) +
          aj * (a[k] as number) +
          bj * (b[k] as number) +
          cj * (c[k] as number) +
          dj * (d[k] as number);
      }
    }
  }
  return gram;
}

/** The factor of A + λ. */
function factored(gram: Matrix, lambda: number): Matrix {
  const l = gram.map((row) => row.slice());
  l.forEach((row, i) => {
    row[i] = (row[i] as number) + lambda;
  });
  factor(l, lambda / 2);
  return l;
}
