import type { Picture } from '../picture.ts';

/**
 * The colors of a picture whose numbers are not those of sRGB, as ITU-T H.273 numbers them (table 2): BT.2020
 * and Display P3. Linear light of each becomes that of sRGB by a matrix: all have the same white.
 */
const TO_SRGB = {
  9: [1.660491, -0.5876411, -0.0728499, -0.1245505, 1.1328999, -0.0083494, -0.0181508, -0.1005789, 1.1187297],
  12: [1.2249402, -0.2249402, 0, -0.042057, 1.042057, 0, -0.0196376, -0.0786361, 1.0982736],
} as const satisfies Record<number, readonly number[]>;

export type Primaries = keyof typeof TO_SRGB;

/** PQ and HLG (table 3): of pictures whose light has no upper end. */
const HDR = [16, 18];

/** @returns undefined for colors that are those of sRGB, or that are taken for them */
export function primariesIn(primaries: number, transfer: number): Primaries | undefined {
  return primaries in TO_SRGB && !HDR.includes(transfer) ? (primaries as Primaries) : undefined;
}

/** Converts a picture in its place. Its curve is taken for that of sRGB, as browsers do. */
export function toSrgb(picture: Picture, primaries: Primaries): Picture {
  const [a, b, c, d, e, f, g, h, i] = TO_SRGB[primaries];
  const { rgb } = picture;
  for (let at = 0; at < rgb.length; at += 3) {
    const [red, green, blue] = [light(rgb, at), light(rgb, at + 1), light(rgb, at + 2)];
    rgb[at] = encoded(a * red + b * green + c * blue);
    rgb[at + 1] = encoded(d * red + e * green + f * blue);
    rgb[at + 2] = encoded(g * red + h * green + i * blue);
  }
  return picture;
}

/** IEC 61966-2-1. */
const LIGHT = Float64Array.from({ length: 256 }, (_, value) =>
  value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
);
const light = (rgb: Uint8Array, at: number): number => LIGHT[rgb[at] as number] as number;

/** Fine enough for dark colors: a step there is a fifth of one of 8 bits. */
const STEPS = 16_384;
const ENCODED = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const part = step / STEPS;
  return Math.round(255 * (part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055));
});

function encoded(part: number): number {
  return ENCODED[Math.round(Math.max(0, Math.min(1, part)) * STEPS)] as number;
}
