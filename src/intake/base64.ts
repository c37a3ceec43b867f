/** A multiple of four: base64 in slices of this length decodes slice by slice. */
const SLICE = 64 * 1024;

const latin1 = new TextDecoder('latin1');

/**
 * Decodes a picture: base64, or a data URL in base64; as a string, or as the bytes of a large one, which is decoded without
 * becoming a string.
 *
 * @returns undefined if it is neither
 */
export function decodePicture(source: string | Uint8Array): Uint8Array | undefined {
  try {
    if (typeof source === 'string') return Uint8Array.fromBase64(source.slice(base64Start(source)));
    const head = latin1.decode(source.subarray(0, 1_000));
    return decodeSlices(source.subarray(base64Start(head)));
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

function decodeSlices(base64: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((base64.length * 3) / 4));
  let written = 0;
  for (let at = 0; at < base64.length; at += SLICE) {
    const slice = Uint8Array.fromBase64(latin1.decode(base64.subarray(at, at + SLICE)));
    // Whitespace or padding within the text: only as a whole it can be decoded, or rejected, rightly.
    if (slice.length < (SLICE / 4) * 3 && at + SLICE < base64.length)
      return Uint8Array.fromBase64(latin1.decode(base64));
    bytes.set(slice, written);
    written += slice.length;
  }
  return bytes.subarray(0, written);
}
