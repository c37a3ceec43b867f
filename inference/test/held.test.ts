import { describe, expect, test } from 'vitest';
import { photo, pipeline } from '../../test/pictures/drawings.ts';
import { animatedWebp } from '../../test/pictures/writers.ts';
import { decodePicture } from '../src/pictures/decode.ts';
import { formatOf } from '../src/pictures/formats.ts';
import { checkHeld } from '../src/pictures/held.ts';
import { jpegCoefficientBytes } from '../src/pictures/jpeg.ts';

const scene = () => pipeline(photo(32, 24));
const OPAQUE = { channels: 3, depth: 'uchar', isProgressive: false } as const;
const SIXTEEN = { channels: 4, depth: 'ushort', isProgressive: false } as const;

/** Small files, and the most pixels that a file of this kind can have. */
const KINDS = [
  ['AVIF picture', () => scene().avif(), { ...OPAQUE }, 10_000_000],
  ['GIF picture', () => scene().gif(), { ...OPAQUE }, 25_000_000],
  ['interlaced PNG picture', () => scene().png(), { ...OPAQUE, isProgressive: true }, 50_000_000],
  ['interlaced PNG picture', () => scene().png(), { ...SIXTEEN, isProgressive: true }, 18_750_000],
  ['lossless WebP picture', () => scene().webp({ lossless: true }), { ...OPAQUE }, 37_500_000],
  ['progressive JPEG picture', () => scene().jpeg({ progressive: true }), { ...OPAQUE }, 50_000_000],
  [
    'progressive JPEG picture',
    () => scene().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }),
    { ...OPAQUE },
    25_000_000,
  ],
] as const;

const check = (bytes: Buffer, shape: Parameters<typeof checkHeld>[1]) =>
  checkHeld({ bytes, format: formatOf(bytes) as 'png' }, shape);

describe('a picture whose decoder holds all of it', () => {
  test.each(KINDS)('%s %#: is refused above its limit, with the limit', async (kind, file, shape, most) => {
    const bytes = await file().toBuffer();
    expect(() => check(bytes, { ...shape, width: most / 1000, height: 1000 })).not.toThrow();
    expect(() => check(bytes, { ...shape, width: most / 1000 + 1, height: 1000 })).toThrow(
      `The ${kind} has ${most / 1000 + 1} x 1000 pixels. At most ${most.toLocaleString('en')} are allowed; send a JPEG that is not progressive.`,
    );
  });

  test.each([
    ['a JPEG', () => scene().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
    ['a PNG', () => scene().png().toBuffer()],
    ['a WebP', () => scene().webp().toBuffer()],
    ['a transparent WebP', () => scene().ensureAlpha(0.5).webp().toBuffer()],
    ['a TIFF', () => scene().tiff().toBuffer()],
  ])('is not %s that is read row by row', async (_, file) => {
    const bytes = await file();
    expect(() => check(bytes, { ...SIXTEEN, width: 50_000, height: 1000 })).not.toThrow();
  });

  test('is an animated WebP whose first frame is lossless', async () => {
    const still = await scene().webp({ lossless: true }).toBuffer();
    const bytes = animatedWebp({ width: 32, height: 24 }, [{ left: 0, top: 0, width: 32, height: 24, still }]);
    expect(() => check(bytes, { ...OPAQUE, width: 38_000, height: 1000 })).toThrow('lossless WebP');
  });

  test('is refused before it is decoded', async () => {
    const file = scene().toColourspace('rgb16').ensureAlpha(0.5).png({ progressive: true });
    const png = await file.toBuffer();
    png.writeUInt32BE(8064, 16);
    png.writeUInt32BE(6048, 20);
    await expect(decodePicture(png)).rejects.toMatchObject({
      code: 'invalid_picture',
      message: expect.stringContaining('interlaced PNG picture has 8064 x 6048 pixels. At most 18,750,000 are'),
    });
  });
});

test.each([
  [2, '4:4:4', 6],
  [2, '4:2:0', 3],
  [0, '4:4:4', 0],
] as const)('coefficients of JPEGs are counted: frame type %i, %s', async (type, chromaSubsampling, bytes) => {
  const jpeg = await scene()
    .jpeg({ progressive: type === 2, chromaSubsampling })
    .toBuffer();
  expect(jpegCoefficientBytes(jpeg)).toBe(bytes);
});
