import { fileKindOf, isPictureFormat, type PictureFormat } from '../../base/bytes/file-kind.ts';
import { heifSize } from './heif-size.ts';
import { jpegSize } from './jpeg-size.ts';
import type { Size } from './size.ts';
import { tiffSize } from './tiff-size.ts';

/** What the first bytes of a picture say: its format, and its size in pixels. */
export interface PictureInfo extends Size {
  readonly format: PictureFormat;
  readonly mediaType: `image/${PictureFormat}`;
}

const SIZES: Readonly<Record<PictureFormat, (view: DataView) => Size | undefined>> = {
  png: pngSize,
  jpeg: jpegSize,
  webp: webpSize,
  gif: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  avif: heifSize,
  heic: heifSize,
  tiff: tiffSize,
  bmp: bmpSize,
};

/** @returns undefined if the bytes are of no format whose size is read, or end before the size */
export function sniff(bytes: Uint8Array): PictureInfo | undefined {
  const kind = fileKindOf(bytes);
  if (!kind || !isPictureFormat(kind)) return undefined;
  const size = readSize(bytes, kind);
  return size && size.width > 0 && size.height > 0 ? { format: kind, mediaType: `image/${kind}`, ...size } : undefined;
}

function readSize(bytes: Uint8Array, format: PictureFormat): Size | undefined {
  try {
    return SIZES[format](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Source: PNG (Third Edition), 11.2.1 */
function pngSize(view: DataView): Size | undefined {
  const IHDR = 0x49484452;
  return view.getUint32(12) === IHDR ? { width: view.getUint32(16), height: view.getUint32(20) } : undefined;
}

/** Source: RFC 9649, 2.5 to 2.7; RFC 6386, 9.1 */
function webpSize(view: DataView): Size | undefined {
  switch (view.getUint32(12)) {
    case 0x56503858: // VP8X
      return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
    case 0x5650384c: {
      // VP8L
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 0x56503820: // VP8 and a space
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return undefined;
  }
}

/**
 * A height below 0 says that the first row is at the top. Source: Windows' BITMAPCOREHEADER and
 * BITMAPINFOHEADER.
 */
function bmpSize(view: DataView): Size {
  const isCore = view.getUint32(14, true) === 12;
  if (isCore) return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

function uint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
}
