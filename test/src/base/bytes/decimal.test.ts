import { expect, it } from 'vitest';
import { decimal } from '../../../../src/base/bytes/decimal.ts';
import { randomFrom } from '../../../support/random.ts';

it.each([
  [0, '0.0000000'],
  [-0, '0.0000000'],
  [1, '1.0000000'],
  [-1, '-1.0000000'],
  [0.5, '0.5000000'],
  [0.00000004, '0.0000000'],
  [-0.00000004, '0.0000000'],
  [0.00000006, '0.0000001'],
  [0.99999996, '1.0000000'],
  [-99.12345678, '-99.1234568'],
])('writes %d as %s', (value, text) => {
  expect(decimal(value)).toBe(text);
});

it('is JSON that is as near as seven places can be', () => {
  const random = randomFrom(7);
  for (let i = 0; i < 20_000; i++) {
    const value = (random() - 0.5) * 10 ** (i % 6);
    const text = decimal(value);
    expect(text).toMatch(/^-?\d+\.\d{7}$/);
    expect(Math.abs(JSON.parse(text) - value)).toBeLessThan(0.500_001e-7);
  }
});
