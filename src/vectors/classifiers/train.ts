import { release } from '../../base/bytes/floats.ts';
import { fitScale, meanLoss, testedOf } from './calibrate.ts';
import type { Method, Training, Weights } from './classifier.ts';
import { evaluate } from './evaluate.ts';
import type { Examples, Fit } from './examples.ts';
import { allowsRidge } from './limits.ts';
import { fitPrototypes } from './prototype.ts';
import { fitRidge } from './ridge.ts';

/** Relative to the spread of the vectors: docs/classifiers.md has the measurement. */
const PENALTIES = [0.1, 0.3, 1];
/** If no example can be tested. Prototypes of drawings are calibrated to 8 to 20. */
const DEFAULT_SCALE = 10;

/**
 * Trains a classifier. `auto` takes the method whose leave-one-out scores are better calibrated to the truth
 * (log loss), or prototypes if no example can be tested.
 *
 * @param texts the vectors of the labels' texts, in a space that texts and pictures share
 */
export async function train(
  method: Method,
  examples: Examples,
  texts: readonly (Float32Array | undefined)[],
): Promise<Training & Weights> {
  const tested = testedOf(examples);
  const asTraining = (method: 'prototype' | 'ridge', fit: Fit) => {
    const scale = fitScale(examples, fit, tested) ?? DEFAULT_SCALE;
    const { weights, bias } = fit;
    const evaluation = evaluate(examples, fit, tested);
    const loss = meanLoss({ examples, fit, scale }, tested);
    release(fit.leftOut);
    return { method, scale, weights, bias, evaluation, loss };
  };
  const prototype = method === 'ridge' ? undefined : asTraining('prototype', await fitPrototypes(examples, texts));
  const isPossible = allowsRidge(examples.labels.length, examples.dimensions);
  if (prototype && (method === 'prototype' || !isPossible || tested.length === 0)) return prototype;
  const ridge = asTraining('ridge', await fitRidge(examples, PENALTIES));
  return prototype && prototype.loss <= ridge.loss ? prototype : ridge;
}
