import { release } from '../../base/bytes/floats.ts';
import { dot } from '../embedding/vector.ts';
import { backward, dotOf, factor, forward, type Matrix, multiply, triangle } from './cholesky.ts';
import { countByLabel, type Examples, each, type Fit } from './examples.ts';
import { yieldAfter } from './yield-after.ts';

/**
 * Ridge regression with a bias: the scores of a label come as near as possible to 1 for its examples and to 0
 * for all others, with a penalty on squared weights. Solved in closed form, and so are the leave-one-out
 * scores: an example with target y, score f and the entry h on the diagonal of the hat matrix gets y - (y -
 * f) / (1 - h) from all others. The bias is not penalized, which is the same as subtracting the mean of all
 * vectors first.
 *
 * The system has the size of the dimensions or of the examples, whichever is smaller.
 *
 * @param penalties of which the one with the smallest leave-one-out errors is taken; each relative to the
 * mean square of the vectors after the mean was subtracted
 */
export async function fitRidge(examples: Examples, penalties: readonly number[]): Promise<Fit> {
  const { labels, dimensions, labelCount } = examples;
  const count = labels.length;
  const mean = await meanOf(examples);
  const system = await (count <= dimensions ? wideSystem(examples, mean) : tallSystem(examples, mean));
  // One matrix for all penalties: it can have 17 MB.
  const { matrix } = system;
  const spread = matrix.reduce((sum, row, i) => sum + (row[i] as number), 0) / count;
  const shares = Float64Array.from(countByLabel(examples), (ofLabel) => ofLabel / count);
  let best: { fit: Fit; squares: number } | undefined;
  for (const penalty of penalties) {
    // Equal vectors have no spread: with any penalty, their weights are 0.
    const lambda = penalty * spread || 1;
    addToDiagonal(matrix, lambda);
    await factor(matrix, lambda / 2);
    const weights = new Float32Array(labelCount * dimensions);
    const rowOf = (label: number) => weights.subarray(label * dimensions, (label + 1) * dimensions);
    for (const label of shares.keys()) {
      rowOf(label).set(system.weightsOf(label));
      await yieldAfter(matrix.length ** 2 + matrix.length * dimensions);
    }
    const bias = Float32Array.from(shares, (share, label) => share - dot(rowOf(label), mean));
    const leftOut = new Float32Array(count * labelCount);
    let squares = 0;
    await system.forEach(async (row, i) => {
      const rest = system.restOf(row, i, lambda) - 1 / count;
      for (let label = 0; label < labelCount; label++) {
        const target = labels[i] === label ? 1 : 0;
        const error = target - dot(row, rowOf(label)) - (shares[label] as number);
        // Without the only example nothing is left.
        const leftOutError = rest > 1e-9 ? error / rest : target;
        leftOut[i * labelCount + label] = target - leftOutError;
        squares += leftOutError ** 2;
      }
      await yieldAfter(labelCount * dimensions + matrix.length ** 2 / 2);
    });
    const isBetter = !best || squares < best.squares;
    const worse = isBetter ? best?.fit : { weights, leftOut };
    if (isBetter) best = { fit: { weights, bias, leftOut }, squares };
    if (worse) release(worse.weights, worse.leftOut);
    await multiply(matrix);
    addToDiagonal(matrix, -lambda);
  }
  release(...matrix);
  return (best as { fit: Fit }).fit;
}

type OnRow = (row: Float32Array, index: number) => void | Promise<void>;

/** The system in the smaller of its two forms. Z are the examples, less their mean. */
interface System {
  /** A, and L after it was factored: L Lᵀ = A + λ. */
  readonly matrix: Matrix;
  /** Passes over the rows of Z. */
  forEach(onRow: OnRow): Promise<void>;
  /** The weights of a label, by L. */
  weightsOf(label: number): Float64Array;
  /** 1 - h of an example, by L. */
  restOf(row: Float32Array, index: number, lambda: number): number;
}

/**
 * A = ZZᵀ: w = Zᵀ (ZZᵀ + λ)⁻¹ y, and 1 - h = λ |L⁻¹e|², where e is 1 for the example and 0 for all others.
 * The targets need no centering: the rows of Z add up to 0. All rows are in memory, since each is multiplied
 * with each.
 */
async function wideSystem(examples: Examples, mean: Float32Array): Promise<System> {
  const { labels, dimensions } = examples;
  const rows: Float32Array[] = [];
  await forEachCentered(examples, mean, (row) => {
    rows.push(row.slice());
  });
  const matrix = triangle(rows.length);
  for (const [i, row] of rows.entries()) {
    matrix[i]?.set(rows.slice(0, i + 1).map((other) => dot(row, other)));
    await yieldAfter(i * dimensions);
  }
  const side = new Float64Array(rows.length);
  return {
    matrix,
    forEach: async (onRow) => each(onRow)(rows, 0),
    weightsOf(label) {
      const solved = Float64Array.from(labels, (own) => (own === label ? 1 : 0));
      forward(matrix, solved);
      backward(matrix, solved);
      const sum = new Float64Array(dimensions);
      rows.forEach((row, i) => {
        add(sum, row, solved[i] as number);
      });
      return sum;
    },
    restOf(_, index, lambda) {
      side.fill(0)[index] = 1;
      forward(matrix, side);
      return lambda * dotOf(side, side, side.length);
    },
  };
}

/** A = ZᵀZ: w = (ZᵀZ + λ)⁻¹ Zᵀy, and h = |L⁻¹z|². */
async function tallSystem(examples: Examples, mean: Float32Array): Promise<System> {
  const { labels, labelCount, dimensions } = examples;
  const matrix = triangle(dimensions);
  const sums = Array.from({ length: labelCount }, () => new Float64Array(dimensions));
  await examples.forEach(async (rows, first) => {
    rows.forEach((row, i) => {
      center(row, mean);
      add(sums[labels[first + i] as number] as Float64Array, row, 1);
    });
    await addSquares(matrix, rows);
  });
  const side = new Float64Array(dimensions);
  return {
    matrix,
    forEach: (onRow) => forEachCentered(examples, mean, onRow),
    weightsOf(label) {
      side.set(sums[label] as Float64Array);
      forward(matrix, side);
      backward(matrix, side);
      return side;
    },
    restOf(row) {
      side.set(row);
      forward(matrix, side);
      return 1 - dotOf(side, side, side.length);
    },
  };
}

async function meanOf(examples: Examples): Promise<Float32Array> {
  const sum = new Float64Array(examples.dimensions);
  await examples.forEach(each((vector) => add(sum, vector, 1)));
  return Float32Array.from(sum, (total) => total / examples.labels.length);
}

function forEachCentered(examples: Examples, mean: Float32Array, onRow: OnRow): Promise<void> {
  return examples.forEach(
    each((row, i) => {
      center(row, mean);
      return onRow(row, i);
    }),
  );
}

function center(row: Float32Array, mean: Float32Array): void {
  for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) - (mean[j] as number);
}

function add(sum: Float64Array, row: Float32Array, times: number): void {
  for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + times * (row[j] as number);
}

/** Adds ZᵀZ of rows. Four rows at a time: the matrix is then read and written a quarter as often. */
async function addSquares(matrix: Matrix, rows: readonly Float32Array[]): Promise<void> {
  const none = new Float32Array(matrix.length);
  for (let i = 0; i < rows.length; i += 4) {
    const [a = none, b = none, c = none, d = none] = rows.slice(i, i + 4);
    for (let j = 0; j < matrix.length; j++) {
      const sums = matrix[j] as Float64Array;
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
    await yieldAfter(2 * matrix.length ** 2);
  }
}

function addToDiagonal(matrix: Matrix, value: number): void {
  matrix.forEach((row, i) => {
    row[i] = (row[i] as number) + value;
  });
}
