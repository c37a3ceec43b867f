/** Vectors as base64 of little-endian float32: what OpenAI's SDKs ask for, and what the cache stores. */

export function encodeFloats(vector: Float32Array): string {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength).toBase64();
}

/** @throws what `malformed` makes, where the text is not base64 of whole floats */
export function decodeFloats(text: string, malformed: () => Error): Float32Array {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(text);
  } catch {
    throw malformed();
  }
  if (bytes.byteLength === 0 || bytes.byteLength % 4 !== 0) throw malformed();
  // workerd runs on little-endian machines only, as WebAssembly and every CPU it is built for.
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
