import { dot, softmax } from '../embedding/vector.ts';
import type { Trained } from './classifier.ts';

/**
 * The score of a label: they sum to 1. The cosine is that to the label's prototype; a ridge regression has
 * none.
 */
export interface LabelScore {
  readonly label: string;
  readonly score: number;
  readonly cosine: number | null;
}

/** @param vector of unit length, in the space of the classifier */
export function score({ classifier, weights, bias }: Trained, vector: Float32Array): LabelScore[] {
  const { labels, dimensions, training } = classifier;
  const raw = labels.map(
    (_, i) => dot(vector, weights.subarray(i * dimensions, (i + 1) * dimensions)) + (bias[i] as number),
  );
  const scores = softmax(raw.map((value) => training.scale * value));
  const cosineOf = (i: number) => (training.method === 'prototype' ? (raw[i] as number) : null);
  return labels.map(({ label }, i) => ({ label, score: scores[i] as number, cosine: cosineOf(i) }));
}
