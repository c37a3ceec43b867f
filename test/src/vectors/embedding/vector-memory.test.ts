import { beforeEach, describe, expect, it } from 'vitest';
import { resetIsolate } from '../../../../src/base/isolate-state.ts';
import { VectorMemory } from '../../../../src/vectors/embedding/vector-memory.ts';

const vector = (value: number, length = 4) => new Float32Array(length).fill(value);

beforeEach(() => resetIsolate());

describe('the memory of vectors', () => {
  it('separates spaces, whatever their names and texts are', () => {
    // Joined by colons, both would be openai/a:whole:text:x:whole:text:Y.
    const one = new VectorMemory('openai/a');
    const other = new VectorMemory('openai/a:whole:text:x');
    one.set('text', 'x:whole:text:Y', vector(1));
    expect(other.get('text', 'Y')).toBeUndefined();
    other.set('text', 'Y', vector(2));
    expect(one.get('text', 'x:whole:text:Y')).toEqual(vector(1));
  });

  it('separates texts and pictures', () => {
    const memory = new VectorMemory('space');
    memory.set('text', 'a', vector(1));
    expect(memory.get('image', 'a')).toBeUndefined();
  });

  it('is limited in bytes, and keeps vectors that are used', () => {
    const memory = new VectorMemory('space');
    memory.set('text', 'in use', vector(1));
    for (let i = 0; i < 20_000; i++) {
      memory.set('text', `text ${i}`, vector(i, 1024));
      if (i % 100 === 0) expect(memory.get('text', 'in use')).toEqual(vector(1));
    }
    // Two generations of 8 MiB hold at most 2 x 1,900 vectors of 4 KiB.
    const found = Array.from({ length: 20_000 }, (_, i) => memory.get('text', `text ${i}`)).filter(Boolean);
    expect(found.length).toBeLessThan(4_000);
    expect(memory.get('text', 'text 0')).toBeUndefined();
    expect(memory.get('text', 'text 19999')).toEqual(vector(19_999, 1024));
  });

  it('loses nothing by being read', () => {
    const memory = new VectorMemory('space');
    const names = Array.from({ length: 2_500 }, (_, i) => `text ${i}`);
    for (const name of names) memory.set('text', name, vector(1, 1024));
    for (let reads = 0; reads < 2; reads++) {
      expect(names.filter((name) => !memory.get('text', name))).toEqual([]);
    }
  });

  it('is limited over all spaces together', () => {
    for (let i = 0; i < 40_000; i++) new VectorMemory(`openai/${i}`).set('text', 'a', vector(i));
    const found = Array.from({ length: 40_000 }, (_, i) => new VectorMemory(`openai/${i}`).get('text', 'a'));
    expect(found.filter(Boolean).length).toBeLessThan(16_000);
  });
});
