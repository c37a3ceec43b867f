import { random } from '@huggingface/transformers';

/**
 * Returns a separate generator of random numbers in 0..1. The same seed gives the same numbers even if other
 * requests run at the same time. Without a seed, system entropy is used. The sign of a seed is ignored, as in
 * Python.
 */
export function generator(seed: number | undefined): () => number {
  const source = new random.Random(seed === undefined ? undefined : Math.abs(seed));
  return () => source.random();
}
