import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../../src/intake/base64.ts';

const utf8 = new TextEncoder();

/** Several slices of 64 KiB, and an incomplete group of three bytes. */
const bytes = Uint8Array.from({ length: 200_003 }, (_, i) => (i * 7) % 251);
const base64 = bytes.toBase64();

describe.each([false, true])('large base64, in place: %s', (inPlace) => {
  const decode = (text: string) => decodePicture(utf8.encode(text), inPlace);

  it.each([
    ['alone', base64],
    ['in a data URL', `data:image/png;base64,${base64}`],
    ['without padding', base64.replaceAll('=', '')],
    ['with spaces late in the text', `${base64.slice(0, 150_001)} \n${base64.slice(150_001)}`],
    ['in lines', base64.replace(/.{76}/g, '$&\r\n')],
  ])('is decoded %s', (_, text) => {
    expect(decode(text)).toEqual(bytes);
  });

  it.each([
    ['padding within the text', `${base64.slice(0, 4_000)}AA==${base64.slice(4_000)}`],
    ['padding at the end of a slice', `${'A'.repeat(64 * 1024 - 2)}==${base64}`],
    ['other characters', `${base64.slice(0, 100_000)}*${base64.slice(100_001)}`],
    ['a length that no bytes have', 'A'.repeat(100_001)],
    ['a data URL that is not base64', `data:image/png,${base64}`],
  ])('is refused with %s', (_, text) => {
    expect(decode(text)).toBeUndefined();
  });
});
