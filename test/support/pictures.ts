/** The smallest valid pictures: one pixel each. */
export const PNG = decode(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
);
export const GIF = decode('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7');

/**
 * The header of a PNG of the given size, followed by any bytes. Enough for code that only reads the header.
 */
export function pngOf(width: number, height: number, rest = ''): Uint8Array {
  const bytes = new Uint8Array(33 + rest.length);
  bytes.set(PNG.subarray(0, 33));
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set(new TextEncoder().encode(rest), 33);
  return bytes;
}

/** Node does not have `Uint8Array.fromBase64` yet, and tests inside workerd do not have `Buffer`. */
function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A box of the ISO base media file format, with its content. */
function box(type: string, ...content: Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, { length }) => sum + length, 8);
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, length);
  bytes.set(latin1(type), 4);
  let at = 8;
  for (const part of content) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The first boxes of an AVIF or HEIC picture, with tiles of 512 x 512. */
export function heifOf(brand: 'avif' | 'heic' | 'mif1', width: number, height: number): Uint8Array {
  const extents = (width: number, height: number) => {
    const content = new Uint8Array(12);
    new DataView(content.buffer).setUint32(4, width);
    new DataView(content.buffer).setUint32(8, height);
    return box('ispe', content);
  };
  const compatible = brand === 'mif1' ? 'heic' : brand;
  const properties = box('iprp', box('ipco', box('hvcC'), extents(512, 512), extents(width, height)));
  const meta = box('meta', new Uint8Array(4), box('hdlr', new Uint8Array(25)), properties);
  const bytes = [box('ftyp', latin1(`${brand}\0\0\0\0mif1${compatible}`)), meta, box('mdat', new Uint8Array(64))];
  return box('', ...bytes).subarray(8);
}

export function bmpOf(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(80);
  bytes.set(latin1('BM'));
  const view = new DataView(bytes.buffer);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  return bytes;
}

export function tiffOf(width: number, height: number, isLittle = true): Uint8Array {
  const bytes = new Uint8Array(80);
  bytes.set(latin1(isLittle ? 'II*\0' : 'MM\0*'));
  const view = new DataView(bytes.buffer);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, 2, isLittle);
  for (const [i, [tag, kind, value]] of (
    [
      [256, 3, width],
      [257, 4, height],
    ] as const
  ).entries()) {
    view.setUint16(10 + 12 * i, tag, isLittle);
    view.setUint16(12 + 12 * i, kind, isLittle);
    view.setUint32(14 + 12 * i, 1, isLittle);
    if (kind === 3) view.setUint16(18 + 12 * i, value, isLittle);
    else view.setUint32(18 + 12 * i, value, isLittle);
  }
  return bytes;
}

/** Files that people send as pictures, and that no model decodes: as much of each as says what it is. */
export const OTHER_FILES: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['JPEG XL', latin1(`\xff\x0a${'*'.repeat(100)}`)],
  ['JPEG XL', latin1(`\0\0\0\x0cJXL \r\n\x87\n${'*'.repeat(100)}`)],
  ['JPEG 2000', latin1(`\0\0\0\x0cjP  \r\n\x87\n${'*'.repeat(100)}`)],
  ['SVG', latin1('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>')],
  ['SVG', latin1('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg width="9" height="9"></svg>')],
  ['PDF', latin1(`%PDF-1.7\n${'*'.repeat(60)}`)],
  ['ICO', latin1(`\0\0\x01\0\x01\0${'*'.repeat(60)}`)],
  ['Photoshop', latin1(`8BPS\0\x01${'*'.repeat(60)}`)],
  ['raw picture', latin1(`II*\0\x10\0\0\0CR\x02\0${'*'.repeat(60)}`)],
  ['video', latin1(`\0\0\0\x14ftypqt  \0\0\0\0qt  ${'*'.repeat(60)}`)],
  ['web page', latin1(`\n<!DOCTYPE html><html><body>${'*'.repeat(60)}`)],
];
