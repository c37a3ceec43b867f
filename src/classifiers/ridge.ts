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
    const l = factored(gram, lambda);
    const { weights, leverage } = (isWide ? solveWide : solveTall)(l, lambda, rows, labels, shares);
    const rowOf = (label: number) => weights.subarray(label * dimensions, (label + 1) * dimensions);
    const bias = Float32Array.from(shares, (share, label) => share - dot(rowOf(label), mean));
    const leftOut = new Float32Array(rows.length * labelCount);
    let squares = 0;
    rows.forEach((row, i) => {
      const rest = 1 - 1 / rows.length - (leverage[i] as number);
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

interface Solution {
  readonly weights: Float32Array;
  /** The diagonal of the hat matrix without the bias, whose part is 1/n. */
  readonly leverage: Float64Array;
}
type Solve = (l: Matrix, lambda: number, rows: Rows, labels: Uint16Array, shares: Float64Array) => Solution;
type Rows = readonly Float32Array[];

/** (ZᵀZ + λ) w = Zᵀy, and h = |L⁻¹z|². */
const solveTall: Solve = (l, _, rows, labels, shares) => {
  const dimensions = l.length;
  const weights = new Float32Array(shares.length * dimensions);
  const solved = new Float64Array(dimensions);
  shares.forEach((_, label) => {
    // The rows add up to 0, so the mean of the targets adds nothing.
    solved.fill(0);
    rows.forEach((row, i) => {
      if (labels[i] === label)
        for (let j = 0; j < dimensions; j++) solved[j] = (solved[j] as number) + (row[j] as number);
    });
    forward(l, solved);
    backward(l, solved);
    weights.set(solved, label * dimensions);
  });
  const leverage = Float64Array.from(rows, (row) => {
    solved.set(row);
    forward(l, solved);
    return dotOf(solved, solved, dimensions);
  });
  return { weights, leverage };
};

/** (ZZᵀ + λ) a = y, w = Zᵀa, and h = 1 - λ (ZZᵀ + λ)⁻¹ on the diagonal. */
const solveWide: Solve = (l, lambda, rows, labels, shares) => {
  const dimensions = rows[0]?.length ?? 0;
  const weights = new Float32Array(shares.length * dimensions);
  const solved = new Float64Array(rows.length);
  const column = new Float64Array(dimensions);
  shares.forEach((share, label) => {
    labels.forEach((own, i) => {
      solved[i] = (own === label ? 1 : 0) - share;
    });
    forward(l, solved);
    backward(l, solved);
    column.fill(0);
    rows.forEach((row, i) => {
      const weight = solved[i] as number;
      for (let j = 0; j < dimensions; j++) column[j] = (column[j] as number) + weight * (row[j] as number);
    });
    weights.set(column, label * dimensions);
  });
  const leverage = Float64Array.from(rows, (_, i) => {
    solved.fill(0);
    solved[i] = 1;
    forward(l, solved);
    return 1 - lambda * dotOf(solved, solved, solved.length);
  });
  return { weights, leverage };
};

/** The vectors without the mean of all: views of one copy. */
function center(examples: Examples): { rows: Rows; mean: Float32Array } {
  const { labels, dimensions } = examples;
  const copy = { ...examples, vectors: examples.vectors.slice() };
  const rows = Array.from(labels, (_, i) => vectorOf(copy, i));
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
