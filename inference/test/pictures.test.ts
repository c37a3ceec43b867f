import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { icon, pipeline } from '../../test/pictures/drawings.ts';
import { FILES, file } from '../../test/pictures/files.ts';
import { isSoak, times } from '../../test/support/soak.ts';
import { type ClipModel, loadClip } from '../src/clip.ts';
import { decodePicture } from '../src/pictures/decode.ts';
import { formatOf } from '../src/pictures/formats.ts';
import { cosine, ownModel } from './start.ts';

/** Vectors of Chromium's renderings on white, recorded by `npm run compare:pictures -- --record`. */
const chromium: Record<string, string> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures', 'chromium.json'), 'utf8'),
);

let clip: ClipModel;
beforeAll(async () => {
  clip = await loadClip(ownModel('tiny-clip'));
});

async function vectorOf(name: string): Promise<Float32Array> {
  return (await clip.embedImages([await file(name).bytes()])).vectors[0] as Float32Array;
}

function recorded(name: string): Float32Array {
  const bytes = Buffer.from(chromium[name] ?? '', 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

describe('a picture file', () => {
  test.each(Object.keys(chromium))('has the vector of what Chromium shows on white: %s', async (name) => {
    expect(cosine(await vectorOf(name), recorded(name))).toBeGreaterThanOrEqual(0.99);
  });

  test.each([
    ['photograph as HEIC', 'photograph as PNG', 0.98],
    ['photograph as TIFF', 'photograph as PNG', 0.9999],
    ['JPEG without its last two bytes', 'JPEG with bytes after its end', 0.9999],
    ['PNG with a wrong checksum of its pixels', 'PNG without its end', 0.9999],
    ['WebP with EXIF orientation 6', 'JPEG with EXIF orientation 6', 0.98],
  ])('%s is the same picture as %s', async (one, other, least) => {
    expect(cosine(await vectorOf(one), await vectorOf(other))).toBeGreaterThan(least);
  });

  test.each(FILES.filter(({ verdict }) => verdict === 'cut').map(({ name }) => name))(
    'is refused as cut off: %s',
    async (name) => {
      await expect(vectorOf(name)).rejects.toMatchObject({
        code: 'invalid_picture',
        message: expect.stringContaining('cut off'),
        param: 'input[0]',
      });
    },
  );

  test.each(FILES.filter(({ verdict }) => verdict === 'other' || verdict === 'damaged').map(({ name }) => name))(
    'is refused: %s',
    async (name) => {
      await expect(vectorOf(name)).rejects.toMatchObject({ code: 'invalid_picture', param: 'input[0]' });
    },
  );

  test.each(FILES.map(({ name, format }) => [name, format] as const))(
    'is told by its first bytes: %s',
    async (name, format) => {
      expect(formatOf(await file(name).bytes()) ?? 'none').toBe(format);
    },
  );
});

test('nine black icons on nothing have nine different vectors', async () => {
  const icons = FILES.filter(({ name }) => name.startsWith('black icon'));
  expect(icons).toHaveLength(9);
  const { vectors } = await clip.embedImages(await Promise.all(icons.map(({ bytes }) => bytes())));
  const cosines = vectors.flatMap((a, i) => vectors.slice(i + 1).map((b) => cosine(a, b)));
  expect(Math.max(...cosines)).toBeLessThan(0.99);
});

test('with the background none, hidden colors reach the model as in Pillow', async () => {
  const hidden = await pipeline(icon('ring', 64, { ink: [0, 0, 0], hidden: [255, 0, 255] }))
    .png()
    .toBuffer();
  const { rgb } = await decodePicture(hidden, 'none');
  expect([...rgb.subarray(0, 3)]).toEqual([255, 0, 255]);
  expect([...(await decodePicture(hidden)).rgb.subarray(0, 3)]).toEqual([255, 255, 255]);
});

test('a large picture is made smaller while it is decoded, and a larger one refused with its size', async () => {
  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#4060a0' } })
      .jpeg({ quality: 40 })
      .toBuffer();
  const [sides, smaller]: [[number, number], number] = isSoak ? [[8064, 6048], 4] : [[3000, 2100], 2];
  const { width, height } = await decodePicture(await flat(...sides));
  expect([width, height]).toEqual(sides.map((side) => side / smaller));
  const refused = decodePicture(withSize(await flat(82, 62), 8200, 6200));
  await expect(refused).rejects.toThrow('8200 x 6200 pixels. At most 50,000,000 are allowed.');
});

/** A JPEG that says that it has another size: nothing is decoded before that is read. */
function withSize(jpeg: Buffer, width: number, height: number): Buffer {
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(height, frame + 5);
  jpeg.writeUInt16BE(width, frame + 7);
  return jpeg;
}

test('a picture that is cut off is refused, and one with a mere warning is not, whatever is decoded beside it', async () => {
  const names = [
    'JPEG cut off after half',
    'PNG cut off after half',
    'JPEG with stray bytes between segments',
    'stripes',
  ];
  const files = await Promise.all(names.map((name) => file(name).bytes()));
  const decoded = async (bytes: Uint8Array) =>
    decodePicture(bytes).then(
      ({ width }) => width > 0,
      (error: Error) => error.message,
    );
  const seen = names.map(() => new Set<unknown>());
  // libvips mixes the messages of what runs at the same time, in a sixth of the cases.
  const round = () => Promise.all([...files, ...files].map(async (bytes, i) => seen[i % 4]?.add(await decoded(bytes))));
  for (let i = 0; i < times(15, 200); i++) await round();
  const cutOff = 'The picture is cut off: its file ends before its pixels do.';
  expect(seen.map((all) => [...all])).toEqual([[cutOff], [cutOff], [true], [true]]);
});
