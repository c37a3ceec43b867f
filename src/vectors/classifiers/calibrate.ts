import { MAX_CLASSIFIER_LABELS } from '../../base/sizes.ts';
import { countByLabel, type Examples, type Fit } from './examples.ts';

/** Scores that the scale is found from, at most: more would take time and change little. */
const MAX_SCORES = 100_000;
const [MIN_SCALE, MAX_SCALE] = [0.1, 1000];
const STEPS = 30;

/**
 * The places of the examples whose leave-one-out scores mean something: an example that is the only one of
 * its label cannot be recognized without itself.
 */
export function testedOf(examples: Examples): number[] {
  const counts = countByLabel(examples);
  return [...examples.labels.keys()].filter((i) => (counts[examples.labels[i] as number] as number) > 1);
}

/**
 * Finds the number that raw scores are multiplied with before the softmax: the one that makes the
 * leave-one-out answers most likely (temperature scaling, Guo et al. 2017). With few examples all answers can
 * be right, which no scale would be too large for: each counts as (n+1)/(n+2) right (Platt 1999), so that no
 * score is more certain than the number of examples allows.
 *
 * @param tested places of examples
 * @returns undefined if nothing can be tested
 */
export function fitScale(examples: Examples, fit: Fit, tested: readonly number[]): number | undefined {
  if (tested.length === 0) return undefined;
  const sample = sampleOf(tested, examples);
  const wrong = 1 / (tested.length + 2);
  // The likelihood has one maximum: its slope falls as the scale grows, and passes 0 between these.
  let [low, high] = [Math.log(MIN_SCALE), Math.log(MAX_SCALE)];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    let slope = 0;
    for (const i of sample) {
      const { scores, own, powers, total } = softmaxOf(i, { examples, fit, scale: Math.exp(middle) });
      const share = wrong / Math.max(1, scores.length - 1);
      for (let label = 0; label < scores.length; label++) {
        const target = label === own ? 1 - wrong : share;
        slope += (target - (powers[label] as number) / total) * (scores[label] as number);
      }
    }
    if (slope > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** What a training found, with the number that its raw scores are multiplied with. */
interface Scaled {
  readonly examples: Examples;
  readonly fit: Fit;
  readonly scale: number;
}

/** The mean of -log of the score of the true label, over the examples that are tested. */
export function meanLoss({ examples, fit, scale }: Scaled, tested: readonly number[]): number {
  const sample = sampleOf(tested, examples);
  const losses = sample.map((i) => {
    const { own, powers, total } = softmaxOf(i, { examples, fit, scale });
    return Math.log(total) - Math.log(Math.max(Number.MIN_VALUE, powers[own] as number));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / sample.length;
}

/**
 * Multiples of the golden ratio are even without a period. A step would miss labels, because examples often
 * come in turns: a screw, a washer, a screw, a washer.
 */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

function sampleOf(tested: readonly number[], { labelCount }: Examples): number[] {
  const share = MAX_SCORES / (tested.length * labelCount);
  return tested.filter((_, i) => (i * GOLDEN_RATIO) % 1 < share);
}

/** One array for all: they are needed one after the other. */
const powers = new Float64Array(MAX_CLASSIFIER_LABELS);

function softmaxOf(i: number, { examples: { labels, labelCount }, fit: { leftOut }, scale }: Scaled) {
  const scores = leftOut.subarray(i * labelCount, (i + 1) * labelCount);
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) highest = Math.max(highest, score);
  let total = 0;
  for (let label = 0; label < labelCount; label++) {
    const power = Math.exp(scale * ((scores[label] as number) - highest));
    powers[label] = power;
    total += power;
  }
  return { scores, own: labels[i] as number, powers, total };
}
