/** The smallest valid pictures: one pixel each. */
export const PNG = decode(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
);
export const GIF = decode('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7');

/** The header of a PNG of the given size, followed by any bytes. Enough for code that only reads the header. */
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
