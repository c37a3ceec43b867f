import { type FileKind, fileKindOf, isPictureFormat } from '../../base/bytes/file-kind.ts';
import { ApiError } from '../../base/errors.ts';
import { MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS } from '../../base/sizes.ts';
import type { Size } from './size.ts';

const SEND = 'send JPEG, PNG, WebP or GIF';

const NAMES: Readonly<Record<FileKind, string>> = {
  png: 'a PNG picture',
  jpeg: 'a JPEG picture',
  webp: 'a WebP picture',
  gif: 'a GIF picture',
  avif: 'an AVIF picture',
  heic: 'a HEIC picture, as iPhones save them',
  tiff: 'a TIFF picture',
  bmp: 'a BMP picture',
  jxl: 'a JPEG XL picture',
  jp2: 'a JPEG 2000 picture',
  svg: 'an SVG drawing',
  ico: 'an icon file (ICO)',
  psd: 'a Photoshop file',
  raw: 'a raw picture of a camera',
  pdf: 'a PDF document',
  video: 'a video',
  html: 'a web page',
};

/** Why the bytes of an item cannot be taken for a picture. @param path of the item, for errors */
export function notReadable(bytes: Uint8Array, path: string): ApiError {
  const kind = fileKindOf(bytes);
  if (!kind) return refuse(path, `is not a picture in a format that is known here; ${SEND}`);
  return isPictureFormat(kind)
    ? refuse(path, `is ${NAMES[kind]}. It is damaged or cut off; ${SEND}`)
    : notDecoded(kind, path);
}

/** A picture whose format no host of the model decodes. */
export function notDecoded(kind: FileKind, path: string): ApiError {
  return refuse(path, `is ${NAMES[kind]}; ${SEND}`);
}

/** The word that helps: what a phone saves has more pixels than any model reads. */
const SHRINK = 'Shrink it first: as a JPEG whose longer side has 2,048 pixels it has about 1 MB';

export function tooLarge({ length }: Uint8Array, path: string): ApiError {
  // Rounded up: it is never as large as what is allowed.
  const size = (Math.ceil((length * 10) / 1024 ** 2) / 10).toFixed(1);
  return refuse(path, `has ${size} MiB; at most ${MAX_PICTURE_BYTES / 1024 ** 2} MiB are allowed. ${SHRINK}`);
}

export function tooManyPixels({ width, height }: Size, path: string): ApiError {
  const most = MAX_PICTURE_PIXELS / 1_000_000;
  return refuse(path, `has ${width} x ${height} pixels; at most ${most} million are allowed. Shrink it first`);
}

/** @param what completes "`input[3]`" */
function refuse(path: string, what: string): ApiError {
  return new ApiError('invalid_picture', `\`${path}\` ${what}.`, { param: path });
}
