import { expect, it } from 'vitest';
import { isSoak } from '../../test/support/soak.ts';
import { evaluate as evaluateClip } from '../evaluation/clip.ts';
import { reaches } from '../evaluation/figure.ts';
import { evaluate as evaluateImage } from '../evaluation/image.ts';
import { evaluate as evaluateText } from '../evaluation/text.ts';

/**
 * A short version of `npm run evaluate`, for `npm run soak`: the shipped weights must not be worse than the
 * figures in their cards. Speeds are left out, because a busy machine must not fail a test.
 */

it.runIf(isSoak).each([
  ['tiny-clip', evaluateClip],
  ['tiny-image', evaluateImage],
  ['tiny-text', evaluateText],
])('%s reaches its thresholds', { timeout: 120_000 }, async (_, evaluate) => {
  const figures = await evaluate({ quick: true, speeds: false });
  expect(figures.length).toBeGreaterThan(3);
  expect(figures.filter((figure) => !reaches(figure))).toEqual([]);
});
