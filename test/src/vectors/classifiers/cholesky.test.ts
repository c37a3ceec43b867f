import { expect, it } from 'vitest';
import { backward, factor, forward, multiply, triangle } from '../../../../src/vectors/classifiers/cholesky.ts';
import { randomFrom } from '../../../support/random.ts';
import { solve } from './reference.ts';

async function solved(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
  least: number,
): Promise<number[]> {
  const l = triangle(matrix.length);
  l.forEach((row, i) => {
    row.set((matrix[i] as number[]).slice(0, i + 1));
  });
  await factor(l, least);
  const x = Float64Array.from(right);
  forward(l, x);
  backward(l, x);
  return [...x];
}

it('solves what Gaussian elimination solves', async () => {
  const random = randomFrom(1);
  for (const size of [1, 2, 3, 7, 20]) {
    const rows = Array.from({ length: size + 2 }, () => Array.from({ length: size }, () => random() - 0.5));
    const sides = Array.from({ length: size }, (_, j) => j);
    const matrix = sides.map((j) =>
      sides.map((k) => rows.reduce((sum, row) => sum + (row[j] as number) * (row[k] as number), j === k ? 0.1 : 0)),
    );
    const right = sides.map(() => random());
    const expected = solve(matrix, right);
    (await solved(matrix, right, 1e-9)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 8);
    });
  }
});

it('finds the matrix again that was factored', async () => {
  const random = randomFrom(2);
  const matrix = triangle(9);
  matrix.forEach((row, i) => {
    row.set(Array.from({ length: i + 1 }, (_, j) => (i === j ? 9 : random())));
  });
  const before = matrix.map((row) => row.slice());
  await factor(matrix, 1e-9);
  expect(matrix[8]?.[8]).not.toBeCloseTo(9);
  await multiply(matrix);
  matrix.forEach((row, i) => {
    row.forEach((value, j) => {
      expect(value).toBeCloseTo(before[i]?.[j] as number, 12);
    });
  });
});

it('stays finite with a matrix that rounding makes indefinite', async () => {
  // Hilbert's matrix: its condition number is about 1e16 with 12 rows, and more than a double can hold with
  // 30.
  for (const size of [12, 30]) {
    const hilbert = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => 1 / (i + j + 1)));
    const x = await solved(hilbert, new Array(size).fill(1), 1e-12);
    expect(x.every(Number.isFinite)).toBe(true);
  }
  const equal = [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ];
  expect((await solved(equal, [1, 2, 3], 1e-6)).every(Number.isFinite)).toBe(true);
});
