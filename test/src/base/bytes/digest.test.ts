import { expect, it } from 'vitest';
import { digest } from '../../../../src/base/bytes/digest.ts';

it('tells lone surrogates apart, and from the character that stands for them in UTF-8', async () => {
  const all = await Promise.all(['\ud800', '\ud801', '\udc00', '\ufffd', JSON.stringify('\ud800')].map(digest));
  expect(new Set(all).size).toBe(all.length);
  expect(await digest('a🌊')).toBe(await digest(new TextEncoder().encode('a🌊')));
});
