import sharp from 'sharp';
import { ApiError } from './errors.ts';

/** A decoded image: `rgb` holds height x width x 3 bytes, row by row. */
export interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** Protects against decompression bombs: 40 megapixels decode to 120 MB. */
const MAX_PIXELS = 40_000_000;
/**
 * The longer side, as a multiple of the shorter one. CLIP enlarges the shorter side to its input size: 39,000 x 1 pixels in
 * a file of 400 bytes would become 8.7 million x 224.
 */
const MAX_RATIO = 100;

const MAGIC: Record<string, (bytes: Buffer) => boolean> = {
  png: (bytes) => bytes.readUInt32BE(0) === 0x89504e47,
  jpeg: (bytes) => bytes.readUInt32BE(0) >>> 8 === 0xffd8ff,
  gif: (bytes) => bytes.toString('latin1', 0, 4) === 'GIF8',
  webp: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
};

/**
 * Decodes a PNG, JPEG, WebP or GIF (first frame) to RGB and applies the EXIF orientation. The format is detected from
 * the first bytes, not from a declared type, so requests cannot reach other decoders (SVG, TIFF, ...).
 * Transparency is dropped, as by PIL's `convert("RGB")` in the reference preprocessing.
 * @throws ApiError `invalid_image`
 */
export async function decodePicture(file: Uint8Array): Promise<Picture> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < 12 || !Object.values(MAGIC).some((matches) => matches(bytes))) {
    throw new ApiError('invalid_image', 'The image is not a PNG, JPEG, WebP or GIF file.');
  }
  const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS })
    .rotate()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause) => {
      throw new ApiError('invalid_image', 'The image could not be decoded: it is damaged or too large.', { cause });
    });
  const { width, height } = info;
  if (Math.max(width, height) > MAX_RATIO * Math.min(width, height)) {
    const message = `The image has ${width} x ${height} pixels. One side can be at most ${MAX_RATIO} times as long as the other.`;
    throw new ApiError('invalid_image', message);
  }
  return { width, height, rgb: data };
}

export type PictureFormat = 'png' | 'jpeg' | 'webp';

export function encodePicture({ width, height, rgb }: Picture, format: PictureFormat): Promise<Uint8Array> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}
