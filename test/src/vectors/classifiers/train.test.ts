import { describe, expect, it } from 'vitest';
import { fitScale, meanLoss, testedOf } from '../../../../src/vectors/classifiers/calibrate.ts';
import { METHODS } from '../../../../src/vectors/classifiers/classifier.ts';
import type { Examples } from '../../../../src/vectors/classifiers/examples.ts';
import { fitPrototypes } from '../../../../src/vectors/classifiers/prototype.ts';
import { train } from '../../../../src/vectors/classifiers/train.ts';
import { randomFrom } from '../../../support/random.ts';
import { dotOf, examplesOf, makeExamples, rowsOf, without } from './reference.ts';

const unit = (vector: readonly number[]) => vector.map((x) => x / Math.hypot(...vector));
const sumOf = (vectors: readonly (readonly number[])[], dimensions: number) =>
  vectors.reduce<number[]>((sum, v) => sum.map((x, j) => x + (v[j] as number)), new Array(dimensions).fill(0));

describe('prototypes', async () => {
  const examples = makeExamples([5, 2, 4], 7, randomFrom(5));
  const rows = await rowsOf(examples);
  const labels = [...examples.labels];
  const texts = [unit([1, 2, 0, 0, 1, 0, 3]), undefined, unit([0, 1, 1, 0, 0, 2, 0])];
  const fit = await fitPrototypes(
    examples,
    texts.map((text) => text && Float32Array.from(text)),
  );
  const prototype = (vectors: number[][], own: number[], label: number) =>
    unit(sumOf([...vectors.filter((_, i) => own[i] === label), ...(texts[label] ? [texts[label]] : [])], 7));

  it('are mean directions, to which the text of a label counts as one example', () => {
    for (const label of [0, 1, 2]) {
      const expected = prototype(rows, labels, label);
      expected.forEach((x, j) => {
        expect(fit.weights[label * 7 + j]).toBeCloseTo(x, 5);
      });
    }
  });

  it('have the leave-one-out scores of as many refits', () => {
    rows.forEach((row, i) => {
      for (const label of [0, 1, 2]) {
        const expected = dotOf(row, prototype(without(rows, i), without(labels, i), label));
        expect(fit.leftOut[i * 3 + label]).toBeCloseTo(expected, 5);
      }
    });
  });
});

describe('the scale', () => {
  it('makes the leave-one-out answers most likely, but for the certainty that so few examples cannot give', async () => {
    const examples = makeExamples([30, 30, 30], 5, randomFrom(8));
    const fit = await fitPrototypes(examples);
    const tested = testedOf(examples);
    const scale = fitScale(examples, fit, tested) as number;
    const lossAt = (factor: number) => meanLoss({ examples, fit, scale: factor * scale }, tested);
    expect(lossAt(1)).toBeLessThan(lossAt(0.7));
    expect(lossAt(1)).toBeLessThan(lossAt(1.5));
  });

  it('never makes a score more certain than the number of examples allows', async () => {
    const far = [
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ];
    const { scale, evaluation } = await train('prototype', examplesOf(far, [0, 0, 1, 1]), []);
    expect(evaluation.accuracy).toBe(1);
    // Cosines 1 and 0. (n+1)/(n+2) of four examples.
    expect(1 / (1 + Math.exp(-scale))).toBeCloseTo(5 / 6, 3);
  });

  it('takes every label into account, also if there are too many examples to look at all and labels come in turns', () => {
    const [count, labelCount] = [2_000, 100];
    const labels = Uint16Array.from({ length: count }, (_, i) => i % labelCount);
    const examples: Examples = { dimensions: 1, labels, labelCount, forEach: async () => {} };
    /** Right for some labels, and for all others the label after theirs. */
    const scaleIf = (isRight: (label: number) => boolean) => {
      const leftOut = new Float32Array(count * labelCount);
      labels.forEach((label, i) => {
        leftOut[i * labelCount + (isRight(label) ? label : (label + 1) % labelCount)] = 1;
      });
      const fit = { weights: new Float32Array(), bias: new Float32Array(), leftOut };
      return fitScale(examples, fit, testedOf(examples)) as number;
    };
    const half = scaleIf((label) => label < 50);
    for (const rest of [0, 1]) expect(scaleIf((label) => label % 2 === rest) / half).toBeCloseTo(1, 1);
    expect(scaleIf(() => true)).toBeGreaterThan(1.5 * half);
  });
});

describe('auto', () => {
  it('takes the method with the smaller leave-one-out loss', async () => {
    // Two labels on both sides of each other: no direction is near to one label only.
    const line = Array.from({ length: 24 }, (_, i) => unit([1, 0.05 * (i % 12), i < 12 ? 0.1 : -0.1]));
    const labels = line.map((_, i) => (i < 12 ? 0 : 1));
    const chosen = await train('auto', examplesOf(line, labels), []);
    expect(chosen.weights).toEqual((await train('ridge', examplesOf(line, labels), [])).weights);
    expect(chosen.method).toBe('ridge');
  });

  it('takes prototypes if no example can be tested', async () => {
    const single = examplesOf(
      [
        [1, 0],
        [0, 1],
      ],
      [0, 1],
    );
    expect(await train('auto', single, [])).toMatchObject({
      method: 'prototype',
      evaluation: {
        examples: 0,
        accuracy: null,
        confusion: [
          [0, 0],
          [0, 0],
        ],
      },
    });
  });
});

describe('whatever the examples', () => {
  const same = unit([1, 2, 3]);
  const opposite = same.map((x) => -x);
  const cases: Record<string, Examples> = {
    'a single one': examplesOf([same], [0]),
    'one label': examplesOf([same, unit([1, 0, 0]), unit([0, 1, 0])], [0, 0, 0]),
    'one for each label': examplesOf([same, unit([1, 0, 0]), unit([0, 1, 0])], [0, 1, 2]),
    'identical ones of two labels': examplesOf([same, same, same, same], [0, 1, 0, 1]),
    'identical ones of one label, and another': examplesOf([same, same, same, opposite], [0, 0, 0, 1]),
    'ones that cancel each other out': examplesOf([same, opposite, same, opposite], [0, 0, 1, 1]),
    'many of few dimensions': examplesOf(
      Array.from({ length: 50 }, (_, i) => unit([Math.sin(i), Math.cos(i)])),
      Array.from({ length: 50 }, (_, i) => i % 5),
    ),
  };
  for (const [name, examples] of Object.entries(cases)) {
    it.each(METHODS)(`of %s: ${name}, every number is finite`, async (method) => {
      const { weights, bias, scale, evaluation } = await train(method, examples, []);
      for (const number of [...weights, ...bias, scale]) expect(Number.isFinite(number)).toBe(true);
      expect(scale).toBeGreaterThan(0);
      const tested = evaluation.confusion.flat().reduce((sum, n) => sum + n, 0);
      expect(tested).toBe(evaluation.examples);
    });
  }

  it('identical ones of two labels are not recognized', async () => {
    const { evaluation, scale } = await train('auto', cases['identical ones of two labels'] as Examples, []);
    expect(evaluation.accuracy).toBeLessThanOrEqual(0.5);
    expect(Number.isFinite(scale)).toBe(true);
  });
});
