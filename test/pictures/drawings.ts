import sharp, { type Sharp } from 'sharp';

/** Pixels of a picture: `data` holds height x width x `channels` bytes, row by row. */
export interface Pixels {
  width: number;
  height: number;
  channels: 3 | 4;
  data: Buffer;
}

type Paint = (x: number, y: number) => readonly number[];

function paint(width: number, height: number, color: Paint): Pixels {
  const channels = color(0, 0).length as 3 | 4;
  const data = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(color(x, y), (y * width + x) * channels);
  }
  return { width, height, channels, data };
}

/** sharp's pipeline over the pixels. */
export function pipeline({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/** An integer hash: the same picture on every machine, without a random generator's state. */
function noise(x: number, y: number, seed: number): number {
  let h = (x * 374_761_393 + y * 668_265_263 + seed * 2_246_822_519) | 0;
  h = Math.imul(h ^ (h >>> 13), 1_274_126_177);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

function smoothNoise(x: number, y: number, seed: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const ease = (t: number) => t * t * (3 - 2 * t);
  const [u, v] = [ease(x - x0), ease(y - y0)];
  const row = (j: number) => noise(x0, j, seed) * (1 - u) + noise(x0 + 1, j, seed) * u;
  return row(y0) * (1 - v) + row(y0 + 1) * v;
}

/** Looks like a photograph to a codec: smooth areas, edges, texture and sensor noise. */
export function photo(width: number, height: number, seed = 1): Pixels {
  const size = Math.min(width, height);
  return paint(width, height, (x, y) => {
    const coarse = smoothNoise((x / size) * 3, (y / size) * 3, seed);
    const fine = smoothNoise((x / size) * 24, (y / size) * 24, seed + 1);
    const ball = Math.hypot(x - width * 0.4, y - height * 0.55) < size * 0.27 ? 1 : 0;
    const grain = noise(x, y, seed + 2) * 12;
    return [
      60 + 120 * coarse + 50 * ball + grain,
      70 + 90 * fine + 30 * (y / height) + grain,
      200 - 120 * coarse - 60 * ball + 20 * fine + grain,
    ].map((value) => Math.max(0, Math.min(255, Math.round(value))));
  });
}

/** Concentric rings that get finer towards the edges: shows every filter's aliasing. */
export function zonePlate(size: number): Pixels {
  return paint(size, size, (x, y) => {
    const phase = ((x - size / 2) ** 2 + (y - size / 2) ** 2) * (Math.PI / size);
    const value = Math.round(127.5 + 127.5 * Math.cos(phase));
    return [value, value, value];
  });
}

export function checkerboard(width: number, height: number, square = 1): Pixels {
  return paint(width, height, (x, y) => {
    const value = (Math.floor(x / square) + Math.floor(y / square)) % 2 === 0 ? 0 : 255;
    return [value, value, value];
  });
}

/** Lines of black strokes on white. No fonts: each glyph is a pattern of 4 x 6 dots. */
export function textPage(width: number, height: number, dot = 2): Pixels {
  const [glyph, line] = [5 * dot, 10 * dot];
  return paint(width, height, (x, y) => {
    const [column, row] = [Math.floor(x / glyph), Math.floor(y / line)];
    const [i, j] = [Math.floor((x % glyph) / dot), Math.floor((y % line) / dot)];
    const inside = x > width * 0.05 && x < width * 0.95 && y > height * 0.05 && y < height * 0.95;
    const space = noise(column, row, 5) < 0.16;
    const ink = inside && !space && i < 4 && j < 6 && noise(column * 4 + i, row * 6 + j, 6) < 0.5;
    return ink ? [20, 20, 24] : [255, 255, 255];
  });
}

/** Stripes of one pixel in three colors, and a gradient across. */
export function stripes(width: number, height: number): Pixels {
  return paint(width, height, (x, y) => {
    const shade = Math.round((255 * y) / Math.max(1, height - 1));
    return x % 3 === 0 ? [255, shade, 0] : x % 3 === 1 ? [0, 255 - shade, 255] : [shade, 0, 128];
  });
}

/** Places of outlines in the unit square, each true inside. */
export const OUTLINES = {
  disc: (x, y) => Math.hypot(x - 0.5, y - 0.5) < 0.38,
  square: (x, y) => Math.abs(x - 0.5) < 0.32 && Math.abs(y - 0.5) < 0.32,
  triangle: (x, y) => y < 0.85 && y > 0.15 && Math.abs(x - 0.5) < (y - 0.15) * 0.55,
  ring: (x, y) => Math.abs(Math.hypot(x - 0.5, y - 0.5) - 0.3) < 0.09,
  cross: (x, y) => Math.min(Math.abs(x - 0.5), Math.abs(y - 0.5)) < 0.1 && Math.max(x, y, 1 - x, 1 - y) < 0.88,
  diamond: (x, y) => Math.abs(x - 0.5) + Math.abs(y - 0.5) < 0.4,
  arrow: (x, y) =>
    (x < 0.5 && x > 0.12 && Math.abs(y - 0.5) < 0.1) || (x >= 0.5 && Math.abs(y - 0.5) < (0.88 - x) * 0.8),
  bars: (x, y) => x > 0.15 && x < 0.85 && y > 0.15 && y < 0.85 && Math.floor(y * 10) % 2 === 0,
  moon: (x, y) => Math.hypot(x - 0.5, y - 0.5) < 0.38 && Math.hypot(x - 0.65, y - 0.42) > 0.32,
} satisfies Record<string, (x: number, y: number) => boolean>;

export type Outline = keyof typeof OUTLINES;

type Color = readonly [number, number, number];

/** An outline in `ink`. The rest has `ground`, or is transparent over the color `hidden`. */
export function icon(
  outline: Outline,
  size: number,
  { ink = [0, 0, 0], ground, hidden = [0, 0, 0] }: { ink?: Color; ground?: Color; hidden?: Color } = {},
): Pixels {
  return paint(size, size, (x, y) => {
    const inside = OUTLINES[outline]((x + 0.5) / size, (y + 0.5) / size);
    if (ground) return inside ? ink : ground;
    return inside ? [...ink, 255] : [...hidden, 0];
  });
}

/** A disc whose edge fades over a third of the picture, as soft shadows and stickers do. */
export function softDisc(size: number, ink: Color, hidden: Color): Pixels {
  return paint(size, size, (x, y) => {
    const distance = Math.hypot(x - size / 2, y - size / 2) / size;
    const alpha = Math.round(255 * Math.max(0, Math.min(1, (0.45 - distance) / 0.3)));
    return [...(alpha === 0 ? hidden : ink), alpha];
  });
}
