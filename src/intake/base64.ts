const SLICE = 64 * 1024;
const PADDING = 0x3d;
const PERCENT = 0x25;
const MINUS = 0x2d;
const UNDERSCORE = 0x5f;

const latin1 = new TextDecoder('latin1');

/**
 * Decodes a picture: base64 in either alphabet, or a data URL in base64; as a string, or as the bytes of a
 * large one, which is decoded without becoming a string.
 *
 * @param inPlace whether bytes that nobody needs any more are overwritten by what they stand for
 * @returns undefined if it is neither
 */
export function decodePicture(source: string | Uint8Array, inPlace = false): Uint8Array | undefined {
  try {
    if (typeof source === 'string') return decodeText(source.slice(base64Start(source)));
    const base64 = source.subarray(base64Start(latin1.decode(source.subarray(0, 1_000))));
    // Few data URLs have escapes, such as %3D for the padding.
    if (base64.includes(PERCENT)) return decodeText(latin1.decode(base64));
    return decodeSlices(base64, inPlace);
  } catch {
    return undefined;
  }
}

/** @throws where a data URL is not in base64 */
function base64Start(source: string): number {
  if (!/^\s*data:/i.test(source)) return 0;
  const comma = source.indexOf(',');
  if (!/;base64$/i.test(source.slice(0, Math.max(comma, 0)))) throw new SyntaxError('not base64');
  return comma + 1;
}

function decodeText(text: string): Uint8Array {
  const base64 = text.includes('%') ? decodeURIComponent(text) : text;
  return Uint8Array.fromBase64(base64, { alphabet: /[-_]/.test(base64) ? 'base64url' : 'base64' });
}

function decodeSlices(base64: Uint8Array, inPlace: boolean): Uint8Array {
  // What is decoded never reaches what is still to be decoded.
  const bytes = inPlace ? base64 : new Uint8Array(Math.ceil((base64.length * 3) / 4));
  const alphabet = base64.includes(MINUS) || base64.includes(UNDERSCORE) ? 'base64url' : 'base64';
  let length = 0;
  let text = '';
  for (let at = 0; at < base64.length; at += SLICE) {
    const slice = base64.subarray(at, at + SLICE);
    const isLast = at + SLICE >= base64.length;
    if (!isLast && slice.includes(PADDING)) throw new SyntaxError('padding within the text');
    text += latin1.decode(slice);
    const lastChunkHandling = isLast ? 'loose' : 'stop-before-partial';
    const { read, written } = bytes.subarray(length).setFromBase64(text, { alphabet, lastChunkHandling });
    length += written;
    text = text.slice(read);
  }
  return bytes.subarray(0, length);
}
