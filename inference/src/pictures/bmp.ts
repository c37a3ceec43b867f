import { ApiError } from '../errors.ts';
import type { RawPicture } from './raw.ts';

/**
 * Decodes an uncompressed BMP of 1, 4, 8, 24 or 32 bits, as Windows and designers' tools write them. 32 bits
 * have transparency only with a header that says where (BITMAPV4HEADER and later).
 * @throws ApiError `invalid_picture`
 */
export function decodeBmp(bytes: Buffer): RawPicture {
  try {
    return decode(bytes);
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError('invalid_picture', 'The BMP picture is cut off.', { cause });
  }
}

const V4_HEADER = 108;

function decode(bytes: Buffer): RawPicture {
  const [pixels, headerSize] = [bytes.readUInt32LE(10), bytes.readUInt32LE(14)];
  if (headerSize < 40) throw unsupported('an OS/2 header');
  const [width, signedHeight] = [bytes.readInt32LE(18), bytes.readInt32LE(22)];
  const height = Math.abs(signedHeight);
  const [bits, compression] = [bytes.readUInt16LE(28), bytes.readUInt32LE(30)];
  if (width <= 0 || height === 0) throw new ApiError('invalid_picture', 'The BMP picture has no pixels.');
  if (compression !== 0 && compression !== 3) throw unsupported('compression');
  if (![1, 4, 8, 24, 32].includes(bits)) throw unsupported(`${bits} bits per pixel`);
  const masks = compression === 3 ? [54, 58, 62].map((at) => bytes.readUInt32LE(at)) : [];
  if (masks.length > 0 && masks.join() !== [0xff0000, 0xff00, 0xff].join()) throw unsupported('these color masks');

  const stride = Math.ceil((width * bits) / 32) * 4;
  if (pixels + stride * height > bytes.length) throw new ApiError('invalid_picture', 'The BMP picture is cut off.');
  const palette = 14 + headerSize;
  const channels = bits === 32 && headerSize >= V4_HEADER && bytes.readUInt32LE(66) === 0xff000000 ? 4 : 3;
  const data = Buffer.alloc(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const row = pixels + (signedHeight > 0 ? height - 1 - y : y) * stride;
    for (let x = 0; x < width; x++, to += channels) {
      const from = bits >= 24 ? row + (x * bits) / 8 : palette + 4 * index(bytes, row, x, bits);
      data[to] = bytes.readUInt8(from + 2);
      data[to + 1] = bytes.readUInt8(from + 1);
      data[to + 2] = bytes.readUInt8(from);
      if (channels === 4) data[to + 3] = bytes.readUInt8(from + 3);
    }
  }
  return { width, height, channels, data };
}

function index(bytes: Buffer, row: number, x: number, bits: number): number {
  const byte = bytes.readUInt8(row + Math.floor((x * bits) / 8));
  return (byte >> (8 - bits - ((x * bits) % 8))) & (2 ** bits - 1);
}

function unsupported(what: string): ApiError {
  return new ApiError('invalid_picture', `BMP pictures with ${what} are not supported. Send PNG or JPEG.`);
}
