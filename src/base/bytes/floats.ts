import { LargeBody } from './placeholders.ts';

/** Vectors as base64 of little-endian float32: what OpenAI's SDKs request, and what the cache stores. */

export function encodeFloats(vector: Float32Array): string {
  return bytesOf(vector).toBase64();
}

/** The numbers of vectors, one after the other: what the receiver has not read yet is not copied. */
export function floatStream(vectors: readonly Float32Array[]): ReadableStream<Uint8Array> {
  return new LargeBody(vectors.map((vector) => ({ bytes: bytesOf(vector), isBase64: false }))).stream();
}

/** Not a copy. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
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

/**
 * Gives memory back at once, which a collection would do much later: a pass over many megabytes would keep
 * all of them.
 */
export function release(...arrays: readonly { readonly buffer: ArrayBufferLike }[]): void {
  for (const { buffer } of arrays) (buffer as ArrayBuffer).transfer(0);
}
