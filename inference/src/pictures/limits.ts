import { ApiError } from '../errors.ts';

/**
 * The Worker has the same limit. Phones call up to 49.9 million pixels "48 megapixels" or "50 megapixels".
 */
export const MAX_PIXELS = 50_000_000;
/** Divisor of the sides while a picture is decoded. */
export type Shrink = 1 | 2 | 4;

/** What remains has 1.5 to 6.25 megapixels, of which 6.25 take 19 MB. Models get 0.2 megapixels or less. */
export function shrinkFor(width: number, height: number): Shrink {
  const pixels = width * height;
  return pixels > 25_000_000 ? 4 : pixels > 6_250_000 ? 2 : 1;
}

/**
 * The longer side, as a multiple of the shorter one. CLIP enlarges the shorter side to its input size: 39,000
 * x 1 pixels in a file of 400 bytes would become 8.7 million x 224.
 */
const MAX_RATIO = 100;

/** @throws ApiError `invalid_picture` */
export function checkSize(width: number, height: number): void {
  if (width * height > MAX_PIXELS) {
    const message = `The picture has ${width} x ${height} pixels. At most ${MAX_PIXELS.toLocaleString('en')} are allowed.`;
    throw new ApiError('invalid_picture', message);
  }
  if (Math.max(width, height) > MAX_RATIO * Math.min(width, height)) {
    const message = `The picture has ${width} x ${height} pixels. One side can be at most ${MAX_RATIO} times as long as the other.`;
    throw new ApiError('invalid_picture', message);
  }
}
