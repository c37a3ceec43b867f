import { describe, expect, it } from 'vitest';
import { fitRidge } from '../../../../src/vectors/classifiers/ridge.ts';
import { randomFrom } from '../../../support/random.ts';
import { dotOf, makeExamples, refit, rowsOf, spreadOf, without } from './reference.ts';

describe.each([
  ['more examples than dimensions', [12, 9, 3], 6],
  ['fewer examples than dimensions', [4, 3, 2], 20],
  ['as many examples as dimensions', [5, 5], 10],
  ['one label with one example', [6, 1, 5], 8],
] as const)('a ridge regression of %s', async (_, counts, dimensions) => {
  const examples = makeExamples(counts, dimensions, randomFrom(dimensions));
  const rows = await rowsOf(examples);
  const labels = [...examples.labels];
  const lambda = 0.3 * spreadOf(rows);
  const fit = await fitRidge(examples, [0.3]);

  it('has the weights and the bias of the normal equations', () => {
    refit(rows, labels, counts.length, lambda).forEach((expected, label) => {
      const got = [...fit.weights.subarray(label * dimensions, (label + 1) * dimensions), fit.bias[label] as number];
      got.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i] as number, 5);
      });
    });
  });

  it('has the leave-one-out scores of as many refits', () => {
    rows.forEach((row, i) => {
      const others = refit(without(rows, i), without(labels, i), counts.length, lambda);
      others.forEach((weights, label) => {
        expect(fit.leftOut[i * counts.length + label]).toBeCloseTo(dotOf([...row, 1], weights), 4);
      });
    });
  });
});

it('takes the penalty with the smallest leave-one-out errors', async () => {
  const chosen = new Set<number>();
  for (const count of [2, 4]) {
    const examples = makeExamples([count, count], 6, randomFrom(3));
    const errorsOf = async (penalty: number) => {
      const { leftOut } = await fitRidge(examples, [penalty]);
      return leftOut.reduce((sum, score, i) => sum + ((examples.labels[i >> 1] === i % 2 ? 1 : 0) - score) ** 2, 0);
    };
    const penalties = [0.01, 0.3, 10];
    const errors = await Promise.all(penalties.map(errorsOf));
    const best = penalties[errors.indexOf(Math.min(...errors))] as number;
    expect(await fitRidge(examples, penalties)).toEqual(await fitRidge(examples, [best]));
    chosen.add(best);
  }
  expect(chosen.size).toBe(2);
});
