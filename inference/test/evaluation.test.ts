import { expect, it } from 'vitest';
import { evaluate as evaluateClip } from '../evaluation/clip.ts';
import { type Figure, reaches } from '../evaluation/figure.ts';
import { evaluate as evaluateImage } from '../evaluation/image.ts';
import { evaluate as evaluateText } from '../evaluation/text.ts';

/** A short version of `npm run evaluate`: the shipped weights must not be worse than their cards say. */

/** Speeds are told by the evaluation; a busy machine must not fail a test. */
const isSpeed = ({ figure }: Figure) => /second|CPU/.test(figure);

it.each([
  ['tiny-clip', evaluateClip],
  ['tiny-image', evaluateImage],
  ['tiny-text', evaluateText],
])('%s reaches its bars', { timeout: 60_000 }, async (_, evaluate) => {
  const figures = (await evaluate({ quick: true })).filter((figure) => !isSpeed(figure));
  expect(figures.length).toBeGreaterThan(3);
  expect(figures.filter((figure) => !reaches(figure))).toEqual([]);
});
