import { Tensor } from '@huggingface/transformers';
import { describe, expect, test } from 'vitest';
import { Sampler, type SamplerOptions } from '../src/sampler.ts';

/** Probabilities .5, .25, .125, .125 of tokens 2, 0, 1, 3. */
const LOGITS = [Math.log(2), 0, Math.log(4), 0];
const DRAWS = 4000;

/** Relative frequency of each token. */
function frequencies(options: Partial<SamplerOptions>): number[] {
  const sampler = new Sampler({ temperature: 1, topP: 1, seed: 7, ...options });
  const counts = LOGITS.map(() => 0);
  for (let i = 0; i < DRAWS; i++) {
    const logits = sampler._call([[]], new Tensor('float32', Float32Array.from(LOGITS), [1, 4]));
    const token = (logits.data as Float32Array).indexOf(0);
    counts[token] = (counts[token] ?? 0) + 1;
  }
  return counts.map((count) => count / DRAWS);
}

describe('Sampler', () => {
  test('samples tokens by their probabilities', () => {
    const [a = 0, b = 0, c = 0, d = 0] = frequencies({});
    for (const [drawn, probability] of [
      [a, 0.25],
      [b, 0.125],
      [c, 0.5],
      [d, 0.125],
    ] as const) {
      expect(Math.abs(drawn - probability)).toBeLessThan(0.03);
    }
  });

  test('sharpens at a low temperature', () => {
    expect(frequencies({ temperature: 0.1 })[2]).toBeGreaterThan(0.99);
  });

  test('samples only from the nucleus', () => {
    expect(frequencies({ topP: 0.5 })).toEqual([0, 0, 1, 0]);
    const [a = 0, b, c = 0, d] = frequencies({ topP: 0.75 });
    expect([b, d]).toEqual([0, 0]);
    expect(Math.abs(c / a - 2)).toBeLessThan(0.2);
  });

  test('is reproducible with the same seed only', () => {
    expect(frequencies({ seed: 1 })).toEqual(frequencies({ seed: 1 }));
    expect(frequencies({ seed: 1 })).not.toEqual(frequencies({ seed: 2 }));
  });
});
