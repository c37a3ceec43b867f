import { describe, expect, it } from 'vitest';
import { sniff } from '../../../../src/hosts/pictures/picture-format.ts';
import { GIF, PNG, pngOf } from '../../../support/pictures.ts';

describe('the format of a picture', () => {
  it('is read from its first bytes', () => {
    expect(sniff(PNG)).toEqual({ mediaType: 'image/png', width: 1, height: 1 });
    expect(sniff(GIF)).toEqual({ mediaType: 'image/gif', width: 1, height: 1 });
    expect(sniff(pngOf(640, 480))).toMatchObject({ width: 640, height: 480 });
    const jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8, 0, 9, 0, 16, 3];
    expect(sniff(Uint8Array.from(jpeg))).toEqual({ mediaType: 'image/jpeg', width: 16, height: 9 });
    const webp = (chunk: string, rest: number[]) =>
      new Uint8Array([...new TextEncoder().encode(`RIFF\0\0\0\0WEBP${chunk}`), ...rest]);
    expect(sniff(webp('VP8X', [10, 0, 0, 0, 0, 0, 0, 0, 15, 0, 0, 8, 0, 0]))).toMatchObject({ width: 16, height: 9 });
    expect(sniff(webp('VP8L', [9, 0, 0, 0, 0x2f, 15, 0, 2, 0]))).toMatchObject({ width: 16, height: 9 });
    expect(sniff(webp('VP8 ', [9, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 16, 0, 9, 0]))).toMatchObject({
      width: 16,
      height: 9,
    });
  });

  it('is unknown if the bytes are cut or another format', () => {
    for (let end = 0; end < 24; end++) expect(sniff(PNG.subarray(0, end))).toBeUndefined();
    for (const text of ['<svg/>', 'BM', '%PDF-1.7', 'RIFF\0\0\0\0WAVEfmt ']) {
      expect(sniff(new TextEncoder().encode(text.padEnd(40)))).toBeUndefined();
    }
    expect(sniff(pngOf(0, 5))).toBeUndefined();
  });
});
