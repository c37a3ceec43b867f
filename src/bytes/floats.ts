/** Vectors as base64 of little-endian float32: what OpenAI's SDKs request, and what the cache stores. */

export function encodeFloats(vector: Float32Array): string {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength).toBase64();
}

/** @throws what `malformed` returns, if the text is not base64 of complete floats */
export function decodeFloats(text: string, malformed: () => Error): Float32Array {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(text);
  } catch {
    throw malformed();
  }
  if (bytes.byteLength === 0 || bytes.byteLength % 4 !== 0) throw malformed();
  // workerd only runs on little-endian machines.
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
