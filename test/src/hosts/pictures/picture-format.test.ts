import { describe, expect, it } from 'vitest';
import { fileKindOf } from '../../../../src/base/bytes/file-kind.ts';
import { sniff } from '../../../../src/hosts/pictures/picture-format.ts';
import { checkPicture } from '../../../../src/hosts/pictures/pictures.ts';
import { bmpOf, GIF, heifOf, OTHER_FILES, PNG, pngOf, tiffOf } from '../../../support/pictures.ts';

const info = (format: string, width = 1, height = 1) => ({ format, mediaType: `image/${format}`, width, height });
const jpeg = (...segments: number[]) =>
  Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, ...segments, 0xff, 0xc2, 0, 17, 8, 0, 9, 0, 16, 3]);

describe('the format of a picture', () => {
  it('is read from its first bytes', () => {
    expect(sniff(PNG)).toEqual(info('png'));
    expect(sniff(GIF)).toEqual(info('gif'));
    expect(sniff(pngOf(640, 480))).toMatchObject({ width: 640, height: 480 });
    expect(sniff(jpeg(0xff))).toEqual(info('jpeg', 16, 9));
    const webp = (chunk: string, rest: number[]) =>
      new Uint8Array([...new TextEncoder().encode(`RIFF\0\0\0\0WEBP${chunk}`), ...rest]);
    expect(sniff(webp('VP8X', [10, 0, 0, 0, 0, 0, 0, 0, 15, 0, 0, 8, 0, 0]))).toMatchObject({ width: 16, height: 9 });
    expect(sniff(webp('VP8L', [9, 0, 0, 0, 0x2f, 15, 0, 2, 0]))).toMatchObject({ width: 16, height: 9 });
    expect(sniff(webp('VP8 ', [9, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 16, 0, 9, 0]))).toMatchObject({
      width: 16,
      height: 9,
    });
    expect(sniff(heifOf('avif', 3000, 2000))).toEqual(info('avif', 3000, 2000));
    expect(sniff(heifOf('heic', 4032, 3024))).toEqual(info('heic', 4032, 3024));
    expect(sniff(heifOf('mif1', 4032, 3024))).toEqual(info('heic', 4032, 3024));
    expect(sniff(bmpOf(16, -9))).toEqual(info('bmp', 16, 9));
    for (const isLittle of [true, false]) expect(sniff(tiffOf(16, 9, isLittle))).toEqual(info('tiff', 16, 9));
  });

  it('is read of a JPEG with stray bytes between its segments, as decoders do', () => {
    expect(sniff(jpeg(0, 1, 0xff, 0, 2))).toEqual(info('jpeg', 16, 9));
    expect(sniff(jpeg(0xff, 0xda, 0, 2))).toBeUndefined();
  });

  it('is unknown if the bytes are cut or of another file', () => {
    for (let end = 0; end < 24; end++) expect(sniff(PNG.subarray(0, end))).toBeUndefined();
    for (const text of ['BM', 'RIFF\0\0\0\0WAVEfmt ', 'just a text']) {
      const bytes = new TextEncoder().encode(text.padEnd(40));
      expect(sniff(bytes)).toBeUndefined();
      expect(fileKindOf(bytes)).toBeUndefined();
    }
    expect(sniff(pngOf(0, 5))).toBeUndefined();
  });

  it('is found out within a bounded time, whatever the bytes say', () => {
    const before = performance.now();
    const endless = `<?xml ${'<!--'.repeat(100_000)}`;
    expect(fileKindOf(new TextEncoder().encode(endless))).toBeUndefined();
    const boxes = heifOf('avif', 8, 8);
    for (let at = 0; at < boxes.length; at++) {
      for (const value of [0, 1, 0xff]) sniff(boxes.with(at, value));
    }
    // A few milliseconds; minutes if the time grew with the square of the length.
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});

describe('a picture that is refused', () => {
  it.each(OTHER_FILES)('is called what it is: %s', (name, bytes) => {
    expect(() => checkPicture(bytes, 'input[3]')).toThrow(
      expect.objectContaining({
        code: 'invalid_picture',
        param: 'input[3]',
        message: expect.stringMatching(new RegExp(`^\`input\\[3\\]\` is .*${name}.*; send JPEG, PNG, WebP or GIF\\.$`)),
      }),
    );
  });

  it.each([
    ['is a PNG picture. It is damaged or cut off; send JPEG', PNG.subarray(0, 20)],
    ['20000 x 20000 pixels; at most 50 million', pngOf(20_000, 20_000)],
    ['10.1 MiB; at most 10 MiB are allowed. Shrink it first', pngOf(5, 5, ' '.repeat(10 * 1024 * 1024))],
    ['not a picture in a format that is known here', new TextEncoder().encode('no picture at all')],
  ])('is refused with the reason: %s', (reason, bytes) => {
    expect(() => checkPicture(bytes, 'input')).toThrow(
      expect.objectContaining({ message: expect.stringContaining(reason) }),
    );
  });

  it('is not one of 48 megapixels, which phones take', () => {
    expect(checkPicture(pngOf(8064, 6048), 'input').mediaType).toBe('image/png');
  });
});
