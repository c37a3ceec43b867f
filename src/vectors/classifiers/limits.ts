import { MAX_CLASSIFIER_EXAMPLES, MAX_CLASSIFIER_VECTOR_BYTES, MAX_RIDGE_STEPS } from '../../base/sizes.ts';

/** The most examples of a classifier whose vectors have these dimensions. */
export function maxExamples(dimensions: number): number {
  return Math.min(MAX_CLASSIFIER_EXAMPLES, Math.floor(MAX_CLASSIFIER_VECTOR_BYTES / (4 * dimensions)));
}

/**
 * Whether a ridge regression is within the limit of CPU. The system has the size of the dimensions or of the
 * examples.
 */
export function allowsRidge(examples: number, dimensions: number): boolean {
  return examples * dimensions * Math.min(examples, dimensions) <= MAX_RIDGE_STEPS;
}
