import { random } from '@huggingface/transformers';

/**
 * A generator of numbers in 0..1 that nothing else draws from, so that the same seed gives the same numbers whatever
 * runs beside it. Without a seed the system's entropy is one. The sign of a seed does not count, as in Python.
 */
export function generator(seed: number | undefined): () => number {
  const source = new random.Random(seed === undefined ? undefined : Math.abs(seed));
  return () => source.random();
}
