/** What the first bytes of a picture say: its format and its size in pixels. */
export interface PictureInfo {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
  readonly width: number;
  readonly height: number;
}

/** @returns undefined if the bytes are none of the four formats, or end before the size */
export function sniff(bytes: Uint8Array): PictureInfo | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Source: PNG (Third Edition), 5.2 and 11.2.1 */
function readPng(view: DataView): PictureInfo | undefined {
  if (!has(view, 0, '\x89PNG\r\n\x1a\n') || !has(view, 12, 'IHDR')) return undefined;
  return picture('image/png', view.getUint32(16), view.getUint32(20));
}

/** Source: GIF89a, 17 and 18 */
function readGif(view: DataView): PictureInfo | undefined {
  if (!has(view, 0, 'GIF87a') && !has(view, 0, 'GIF89a')) return undefined;
  return picture('image/gif', view.getUint16(6, true), view.getUint16(8, true));
}

/** Source: RFC 9649, 2.5 to 2.7; RFC 6386, 9.1 */
function readWebp(view: DataView): PictureInfo | undefined {
  if (!has(view, 0, 'RIFF') || !has(view, 8, 'WEBP')) return undefined;
  if (has(view, 12, 'VP8X')) {
    return picture('image/webp', uint24(view, 24) + 1, uint24(view, 27) + 1);
  }
  if (has(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return picture('image/webp', (bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
  }
  if (has(view, 12, 'VP8 ')) {
    return picture('image/webp', view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  }
  return undefined;
}

/** Walks the segments to the frame header. Source: ITU-T T.81, B.1 and B.2.2 */
function readJpeg(view: DataView): PictureInfo | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let offset = 2; ; ) {
    if (view.getUint8(offset) !== 0xff) return undefined;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return picture('image/jpeg', view.getUint16(offset + 7), view.getUint16(offset + 5));
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    offset += isBare ? 2 : 2 + view.getUint16(offset + 2);
  }
}

function picture(mediaType: PictureInfo['mediaType'], width: number, height: number): PictureInfo | undefined {
  return width > 0 && height > 0 ? { mediaType, width, height } : undefined;
}

function has(view: DataView, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (view.getUint8(offset + i) !== text.charCodeAt(i)) return false;
  }
  return true;
}

function uint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
}
