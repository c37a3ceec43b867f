import { describe, expect, it } from 'vitest';
import { stateOf } from '../../../src/base/isolate-state.ts';
import { MAX_ANSWER_IN_MEMORY_BYTES, MAX_ANSWER_MEMORY_BYTES } from '../../../src/base/sizes.ts';
import { keep, recall } from '../../../src/cache/memory.ts';

const entry = (length: number) => ({ bytes: new Uint8Array(length), headers: [], storedAt: 0, seconds: 300 });
const bytes = () => (stateOf('answers') as { bytes: number }).bytes;

describe('answers in memory', () => {
  it('stay within their bytes: those that were not used for the longest time are forgotten', () => {
    const half = MAX_ANSWER_IN_MEMORY_BYTES / 2;
    for (let i = 0; i < 100; i++) {
      keep(`${i}`, entry(half));
      recall('0');
      expect(bytes()).toBeLessThanOrEqual(MAX_ANSWER_MEMORY_BYTES);
    }
    expect(recall('0')).toBeDefined();
    expect(recall('1')).toBeUndefined();
    expect(recall('99')).toBeDefined();
  });

  it('are not kept if one is too large, and count once if they are kept again', () => {
    keep('large', entry(MAX_ANSWER_IN_MEMORY_BYTES + 1));
    expect(recall('large')).toBeUndefined();
    keep('a', entry(100));
    const once = bytes();
    keep('a', entry(100));
    expect(bytes()).toBe(once);
  });

  it('do not add up if there are many small ones', () => {
    for (let i = 0; i < 20_000; i++) keep(`${i}`, entry(0));
    expect(bytes()).toBeLessThanOrEqual(MAX_ANSWER_MEMORY_BYTES);
    expect(recall('0')).toBeUndefined();
  });
});
