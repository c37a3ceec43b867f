import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { pipeline } from '../../test/pictures/drawings.ts';
import { displayP3, type Transforms, tiledHeic, tiledPhoto } from '../../test/pictures/heic.ts';
import { isSoak } from '../../test/support/soak.ts';
import { type ClipModel, loadClip } from '../src/clip.ts';
import { Canvas } from '../src/pictures/canvas.ts';
import { decodePicture } from '../src/pictures/decode.ts';
import { cosine, ownModel } from './start.ts';

/** What the tiles show, with libvips' own turning and cutting. */
async function expected({ rotation = 0, mirror, crop }: Transforms): Promise<Sharp> {
  const cut = crop ? pipeline(tiledPhoto()).extract(crop) : pipeline(tiledPhoto());
  // A second pipeline: in one, sharp would mirror before it turns.
  const turned = sharp(
    await cut
      .rotate(-90 * rotation)
      .png()
      .toBuffer(),
  );
  if (mirror === undefined) return turned;
  return mirror === 'left-right' ? turned.flop() : turned.flip();
}

/** The mean of all channels: the codec of the tiles causes 3.2. */
function difference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0) / a.length;
}

const CROP = { left: 101, top: 50, width: 700, height: 601 };
const PORTRAIT: [string, Transforms] = ['turned three quarters, a portrait', { rotation: 3 }];
const ALL: [string, Transforms][] = [
  ['as they are', {}],
  ['turned by a quarter', { rotation: 1 }],
  ['turned by two quarters', { rotation: 2 }],
  ['with left and right exchanged', { mirror: 'left-right' }],
  ['with top and bottom exchanged', { mirror: 'top-bottom' }],
  ['turned and mirrored', { rotation: 1, mirror: 'left-right' }],
  ['turned three quarters and mirrored', { rotation: 3, mirror: 'top-bottom' }],
  ['cut, turned and mirrored', { crop: CROP, rotation: 1, mirror: 'top-bottom' }],
];

describe('a HEIC picture in tiles', () => {
  test.each([PORTRAIT, ...(isSoak ? ALL : ALL.slice(-1))])('is shown as its file says: %s', async (_, transforms) => {
    const picture = await decodePicture(tiledHeic(transforms));
    const { data, info } = await (await expected(transforms)).raw().toBuffer({ resolveWithObject: true });
    expect([picture.width, picture.height]).toEqual([info.width, info.height]);
    expect(difference(picture.rgb, data)).toBeLessThan(4);
  });

  test.each([
    ['an ICC profile', displayP3],
    ['numbers of H.273', async () => ({ primaries: 12, transfer: 13, matrix: 6 })],
  ])('in Display P3 by %s has the colors of sRGB that look the same', async (_, color) => {
    const { rgb } = await decodePicture(tiledHeic({ color: await color() }));
    expect(difference(rgb, fromDisplayP3(tiledPhoto().data))).toBeLessThan(4);
  });

  test('is made smaller while it is decoded, without seams between tiles', async () => {
    const canvas = new Canvas({ width: 23, height: 10 }, 3, 4);
    for (const [x, width] of [
      [0, 10],
      [10, 10],
      [20, 10],
    ] as const) {
      const pixels = new Uint8Array(width * 10 * 3).fill(100);
      canvas.add({ x, y: 0, width, height: 10, stride: width * 3, pixels });
    }
    const { width, height, data } = canvas.picture();
    expect([width, height]).toEqual([5, 2]);
    expect(new Set(data)).toEqual(new Set([100]));
  });

  test('has the vector of the same picture as JPEG', async () => {
    const clip: ClipModel = await loadClip(ownModel('tiny-clip'));
    const jpeg = await (await expected({ rotation: 3 })).jpeg({ quality: 90 }).toBuffer();
    const { vectors } = await clip.embedImages([tiledHeic({ rotation: 3 }), jpeg]);
    expect(cosine(vectors[0] as Float32Array, vectors[1] as Float32Array)).toBeGreaterThan(0.99);
  });
});

/** By the definitions: the same curve as sRGB, and the matrices of the two sets of primaries at D65. */
function fromDisplayP3(pixels: Uint8Array): Uint8Array {
  const linear = (value: number) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const encoded = (part: number) => {
    const inGamut = Math.max(0, Math.min(1, part));
    return Math.round(255 * (inGamut <= 0.0031308 ? inGamut * 12.92 : 1.055 * inGamut ** (1 / 2.4) - 0.055));
  };
  const matrix = [
    [1.2249401763, -0.2249401763, 0],
    [-0.0420569547, 1.0420569547, 0],
    [-0.0196375546, -0.0786360456, 1.0982736001],
  ] as const;
  const result = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 3) {
    const [r, g, b] = [0, 1, 2].map((i) => linear(pixels[at + i] as number)) as [number, number, number];
    matrix.forEach((row, i) => {
      result[at + i] = encoded(row[0] * r + row[1] * g + row[2] * b);
    });
  }
  return result;
}
