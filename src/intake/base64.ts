const SLICE = 64 * 1024;
const PADDING = 0x3d;

const latin1 = new TextDecoder('latin1');

/**
 * Decodes a picture: base64, or a data URL in base64; as a string, or as the bytes of a large one, which is decoded without
 * becoming a string.
 *
 * @param inPlace whether bytes that nobody needs any more are overwritten by what they stand for
 * @returns undefined if it is neither
 */
export function decodePicture(source: string | Uint8Array, inPlace = false): Uint8Array | undefined {
  try {
    if (typeof source === 'string') return Uint8Array.fromBase64(source.slice(base64Start(source)));
    const head = latin1.decode(source.subarray(0, 1_000));
    return decodeSlices(source.subarray(base64Start(head)), inPlace);
  } catch {
    return undefined;
  }
}

/** @throws where a data URL is not in base64 */
function base64Start(source: string): number {
  if (!/^data:/i.test(source)) return 0;
  const comma = source.indexOf(',');
  if (!/;base64$/i.test(source.slice(0, Math.max(comma, 0)))) throw new SyntaxError('not base64');
  return comma + 1;
}

function decodeSlices(base64: Uint8Array, inPlace: boolean): Uint8Array {
  // What is decoded never reaches what is still to be decoded.
  const bytes = inPlace ? base64 : new Uint8Array(Math.ceil((base64.length * 3) / 4));
  let length = 0;
  let text = '';
  for (let at = 0; at < base64.length; at += SLICE) {
    const slice = base64.subarray(at, at + SLICE);
    const isLast = at + SLICE >= base64.length;
    if (!isLast && slice.includes(PADDING)) throw new SyntaxError('padding within the text');
    text += latin1.decode(slice);
    const lastChunkHandling = isLast ? 'loose' : 'stop-before-partial';
    const { read, written } = bytes.subarray(length).setFromBase64(text, { lastChunkHandling });
    length += written;
    text = text.slice(read);
  }
  return bytes.subarray(0, length);
}
