import { describe, expect, it } from 'vitest';
import { mean, normalize, softmax, truncate } from '../../../../src/vectors/embedding/vector.ts';

describe('arithmetic', () => {
  it('returns no direction for zeros and infinities', () => {
    expect(normalize(new Float32Array([0, 0]))).toBeUndefined();
    expect(normalize(new Float32Array([Number.POSITIVE_INFINITY, 0]))).toBeUndefined();
    expect(mean([new Float32Array([1, 0]), new Float32Array([-1, 0])])).toBeUndefined();
  });

  it('keeps unit length', () => {
    expect(Math.hypot(...(mean([new Float32Array([1, 0]), new Float32Array([0, 1])]) ?? []))).toBeCloseTo(1, 6);
    expect(Math.hypot(...truncate(new Float32Array([0.6, 0.64, 0.48]), 2))).toBeCloseTo(1, 6);
  });

  it('handles logits of any size', () => {
    expect(softmax([1000, 0])).toEqual([1, 0]);
    expect(softmax([-1000, -1000])).toEqual([0.5, 0.5]);
  });
});
