import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { ApiError } from '../errors.ts';
import type { Picture } from '../picture.ts';
import { alone, beside } from './alone.ts';
import { avifPrimaries } from './avif.ts';
import { decodeBmp } from './bmp.ts';
import { DECODED_FORMATS, type DecodedFormat, describeFormat, formatOf } from './formats.ts';
import { whiteAround } from './gif.ts';
import { checkHeld } from './held.ts';
import { repairedJpeg } from './jpeg.ts';
import { checkSize, MAX_PIXELS, shrinkFor } from './limits.ts';
import { decodeHeicOffThread } from './off-thread.ts';
import { pngOf, repairedPng } from './png.ts';
import { type Primaries, toSrgb } from './primaries.ts';

// libvips keeps what it decoded for later operations on the same file: 40 MB more for a progressive JPEG of
// 48 megapixels.
sharp.cache(false);

/** What transparent pixels become. `none` keeps their hidden color, as Pillow's `convert("RGB")` does. */
export const BACKGROUNDS = ['white', 'none'] as const;
export type Background = (typeof BACKGROUNDS)[number];

/**
 * Decodes a picture to sRGB as browsers show it on a white page: turned by EXIF, with its color profile, the
 * first frame. The format is told by the first bytes, not by a declared type, so requests cannot reach other
 * decoders (SVG, PDF). Above 6.25 megapixels the sides are halved, above 25 divided by four.
 * @throws ApiError `invalid_picture`
 */
export async function decodePicture(file: Uint8Array, background: Background = 'white'): Promise<Picture> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const input = await inputOf(bytes);
  const { width, height, ...metadata } = await metadataOf(input);
  checkSize(width, height);
  checkHeld(input, { ...metadata, width, height });
  const about = { ...metadata, width, height };
  try {
    return await beside(() => render(input, about, background));
  } catch {
    // libvips stops at every warning here. Only pixels that are missing are an error: browsers show all else.
    const lenient = { ...input, options: { ...input.options, failOn: 'none' as const } };
    const strict = await alone(() => render(input, about, background)).catch((cause: Error) => {
      if (BROKEN_OFF.test(cause.message)) throw brokenOff(cause);
      return undefined;
    });
    return strict ?? beside(() => render(lenient, about, background).catch((cause) => Promise.reject(damaged(cause))));
  }
}

interface Input {
  format: DecodedFormat;
  bytes: Buffer;
  options: SharpOptions;
  /** Of colors that libvips takes for those of sRGB. */
  primaries?: Primaries | undefined;
}

const STRICT: SharpOptions = { limitInputPixels: MAX_PIXELS, failOn: 'warning', sequentialRead: true };

async function inputOf(bytes: Buffer): Promise<Input> {
  const format = formatOf(bytes);
  if (format === undefined) {
    throw new ApiError('invalid_picture', `The picture has none of these formats: ${DECODED_FORMATS.join(', ')}.`);
  }
  if (!isDecoded(format)) {
    const message = `The picture is ${describeFormat(format)}. Send one of these formats: ${DECODED_FORMATS.join(', ')}.`;
    throw new ApiError('invalid_picture', message);
  }
  if (format === 'webp' && bytes.readUInt32LE(4) + 8 > bytes.length) throw brokenOff();
  if (format === 'png') return { format, bytes: repairedPng(bytes), options: STRICT };
  if (format === 'jpeg') return { format, bytes: repairedJpeg(bytes), options: STRICT };
  if (format === 'avif') return { format, bytes, options: STRICT, primaries: avifPrimaries(bytes) };
  if (format === 'bmp') return { format, bytes: pngOf(decodeBmp(bytes)), options: STRICT };
  if (format !== 'heic') return { format, bytes, options: STRICT };
  const { primaries, ...picture } = await decodeHeicOffThread(bytes);
  return { format, bytes: pngOf(picture), options: STRICT, primaries };
}

function isDecoded(format: string): format is DecodedFormat {
  return (DECODED_FORMATS as readonly string[]).includes(format);
}

async function metadataOf({ bytes, options }: Input): Promise<Metadata> {
  const read = () => sharp(bytes, { ...options, limitInputPixels: false }).metadata();
  return beside(read).catch(() =>
    alone(read).catch((cause: Error) => {
      throw BROKEN_OFF.test(cause.message) ? brokenOff(cause) : damaged(cause);
    }),
  );
}

async function render(
  { bytes, options, primaries }: Input,
  metadata: Metadata,
  background: Background,
): Promise<Picture> {
  const opened = sharp(bytes, options);
  // sharp converts the profiles of pictures of 16 bits to Display P3, if it is not told otherwise.
  const pipeline = metadata.depth === 'ushort' ? opened.pipelineColourspace('srgb') : opened;
  const { data, info } = await flattened(oriented(pipeline, metadata), metadata, background)
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const picture = { width: info.width, height: info.height, rgb: data };
  if (primaries) return toSrgb(picture, primaries);
  const isOpaqueGif = metadata.format === 'gif' && !metadata.hasAlpha;
  return isOpaqueGif && background === 'white' && info.width === metadata.width ? whiteAround(bytes, picture) : picture;
}

/** Turned by EXIF, and smaller if it is large. The new size is that of the file before it is turned. */
function oriented(pipeline: Sharp, { width, height }: Metadata): Sharp {
  const shrink = shrinkFor(width, height);
  if (shrink === 1) return pipeline.autoOrient();
  return pipeline
    .resize(Math.ceil(width / shrink), Math.ceil(height / shrink), { fit: 'fill', kernel: 'linear' })
    .autoOrient();
}

function flattened(pipeline: Sharp, { hasAlpha }: Metadata, background: Background): Sharp {
  if (!hasAlpha) return pipeline;
  return background === 'white' ? pipeline.flatten({ background: '#ffffff' }) : pipeline.removeAlpha();
}

/** The words of libjpeg, libspng, libwebp, giflib, libtiff and libheif for a file that ends too early. */
const BROKEN_OFF =
  /premature end|unexpected end|end of (file|stream|data)|truncated|out of data|read error|not enough data/i;

function brokenOff(cause?: Error): ApiError {
  return new ApiError('invalid_picture', 'The picture is cut off: its file ends before its pixels do.', { cause });
}

function damaged(cause: unknown): ApiError {
  return new ApiError('invalid_picture', 'The picture could not be decoded: it is damaged.', { cause });
}
