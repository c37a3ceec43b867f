/** The smallest pictures there are, one pixel each: of these formats and bytes, not of any content. */
export const PNG = decode(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
);
export const GIF = decode('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7');

/** A PNG's header that claims a size, with bytes of one's own after it: enough for what only looks at the header. */
export function pngOf(width: number, height: number, rest = ''): Uint8Array {
  const bytes = new Uint8Array(33 + rest.length);
  bytes.set(PNG.subarray(0, 33));
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set(new TextEncoder().encode(rest), 33);
  return bytes;
}

/** Node has no `Uint8Array.fromBase64` yet, and tests inside workerd no `Buffer`. */
function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
