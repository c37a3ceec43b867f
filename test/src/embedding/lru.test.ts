import { describe, expect, it } from 'vitest';
import { Lru } from '../../../src/embedding/lru.ts';

describe('the bounded map', () => {
  it('forgets what was used longest ago, and stays within its bytes', () => {
    const lru = new Lru<string>(100, (value) => value.length);
    for (const key of 'abcd') lru.set(key, 'x'.repeat(28));
    expect([...'abcd'].map((key) => lru.get(key) !== undefined)).toEqual([false, true, true, true]);
    lru.get('b');
    lru.set('e', 'x'.repeat(28));
    expect([...'bcde'].map((key) => lru.get(key) !== undefined)).toEqual([true, false, true, true]);
    expect(lru.bytes).toBeLessThanOrEqual(100);
  });

  it('does not keep what is larger than all of it', () => {
    const lru = new Lru<string>(10, (value) => value.length);
    lru.set('a', 'x'.repeat(50));
    expect(lru.get('a')).toBeUndefined();
    expect(lru.bytes).toBe(0);
  });
});
