import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/cache/canonical-json.ts';
import { randomFrom } from '../../support/random.ts';

describe('canonical JSON', () => {
  it.each([
    ['{"b":1,"a":2}', '{"a":2,"b":1}'],
    [' { "b" : [ 1 , {"d":1,"c":2} ] , "a" : null } ', '{"a":null,"b":[1,{"c":2,"d":1}]}'],
    ['{}', '{}'],
    ['[ ]', '[]'],
    ['[[],[{}]]', '[[],[{}]]'],
    ['"a \\" } b"', '"a \\" } b"'],
    ['{"a":"\\\\"}', '{"a":"\\\\"}'],
    ['1.0', '1.0'],
    ['[1.0,1,1e2,100,9007199254740993]', '[1.0,1,1e2,100,9007199254740993]'],
    ['{"a":1,"b":0,"a":2}', '{"a":1,"a":2,"b":0}'],
    ['{"a":2,"b":0,"a":1}', '{"a":2,"a":1,"b":0}'],
    ['{"é":"e\u0301","e":true}', '{"e":true,"é":"e\u0301"}'],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalJson(text)).toBe(canonical);
  });

  it('is the same for the same value with its members in any order and any spaces, and means the same', () => {
    const random = randomFrom(1);
    for (let i = 0; i < 2_000; i++) {
      const value = randomValue(random, 4);
      const canonical = canonicalJson(JSON.stringify(value));
      expect(canonicalJson(JSON.stringify(shuffled(value, random), null, i % 3))).toBe(canonical);
      expect(canonicalJson(canonical)).toBe(canonical);
      expect(JSON.parse(canonical)).toEqual(value);
    }
  });
});

function randomValue(random: () => number, depth: number): unknown {
  const kind = Math.floor(random() * (depth > 0 ? 6 : 4));
  const text = () =>
    String.fromCharCode(...Array.from({ length: random() * 6 }, () => 32 + random() * 1_000)).toWellFormed();
  if (kind === 0) return text();
  if (kind === 1) return random() * 10 ** Math.floor(random() * 20);
  if (kind === 2) return random() < 0.5;
  if (kind === 3) return null;
  const items = Array.from({ length: random() * 5 }, () => randomValue(random, depth - 1));
  return kind === 4 ? items : Object.fromEntries(items.map((item) => [text(), item]));
}

function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, random));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, its]) => [random(), [name, shuffled(its, random)]] as const);
  return Object.fromEntries(members.sort(([a], [b]) => a - b).map(([, member]) => member));
}
