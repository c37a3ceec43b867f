import type { Metadata } from 'sharp';
import { ApiError } from '../errors.ts';
import type { DecodedFormat } from './formats.ts';
import { jpegCoefficientBytes } from './jpeg.ts';

/**
 * What a decoder may hold of one picture. With what is beside it, the largest pictures take 200 MB: `npm run
 * memory:pictures` measures them.
 */
const MAX_HELD_BYTES = 150_000_000;

/** Of formats whose decoders always hold the whole picture, some of them several times: bytes per pixel. */
const HELD_BYTES = { avif: 15, heic: 12, gif: 6 };

type Shape = Pick<Metadata, 'width' | 'height' | 'channels' | 'depth' | 'isProgressive'>;

/**
 * Other pictures are decoded row by row, and made smaller meanwhile.
 * @throws ApiError `invalid_picture` if the decoder would have to hold too much of the picture
 */
export function checkHeld({ bytes, format }: { bytes: Buffer; format: DecodedFormat }, shape: Shape): void {
  const { kind, perPixel } = held(bytes, format, shape);
  requirePixels(kind, Math.floor(MAX_HELD_BYTES / perPixel), shape);
}

/** The same for a HEIC picture that is not in tiles. @throws ApiError `invalid_picture` */
export function checkWholeHeic(size: { width: number; height: number }): void {
  requirePixels('HEIC picture in one piece', MAX_HELD_BYTES / HELD_BYTES.heic, size);
}

function held(bytes: Buffer, format: DecodedFormat, shape: Shape): { kind: string; perPixel: number } {
  switch (format) {
    case 'avif':
      return { kind: 'AVIF picture', perPixel: HELD_BYTES.avif };
    case 'gif':
      return { kind: 'GIF picture', perPixel: HELD_BYTES.gif };
    case 'png':
      return { kind: 'interlaced PNG picture', perPixel: shape.isProgressive ? bytesPerPixel(shape) : 0 };
    case 'webp':
      return { kind: 'lossless WebP picture', perPixel: isLossless(bytes) ? 4 : 0 };
    case 'jpeg':
      return { kind: 'progressive JPEG picture', perPixel: jpegCoefficientBytes(bytes) };
    default:
      // TIFF is read row by row. BMP is uncompressed in the file, and HEIC was decoded before.
      return { kind: '', perPixel: 0 };
  }
}

/** libpng expands palettes and bits to bytes. */
function bytesPerPixel({ channels, depth }: Shape): number {
  return channels * (depth === 'ushort' ? 2 : 1);
}

/**
 * Whether the first frame is lossless: a chunk `VP8L`, after other chunks and the header of a frame (RFC
 * 9649).
 */
function isLossless(bytes: Buffer): boolean {
  const [HEADER, CHUNK_HEADER, FRAME_HEADER] = [12, 8, 16];
  for (let at = HEADER; at + CHUNK_HEADER <= bytes.length; ) {
    const type = bytes.toString('latin1', at, at + 4);
    if (type === 'VP8L') return true;
    if (type === 'VP8 ') return false;
    const length = bytes.readUInt32LE(at + 4);
    at += CHUNK_HEADER + (type === 'ANMF' ? FRAME_HEADER : length + (length % 2));
  }
  return false;
}

function requirePixels(kind: string, most: number, { width, height }: { width: number; height: number }): void {
  if (width * height <= most) return;
  const message = `The ${kind} has ${width} x ${height} pixels. At most ${most.toLocaleString('en')} are allowed; send a JPEG that is not progressive.`;
  throw new ApiError('invalid_picture', message);
}
