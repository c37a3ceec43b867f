/**
 * A stream of bytes through a transform in JavaScript. The result is a stream of bytes again, not of any
 * values: what records an answer reads it into a buffer of its own.
 */
export function transformed(
  body: ReadableStream<Uint8Array>,
  transform: TransformStream<Uint8Array, Uint8Array>,
): ReadableStream<Uint8Array> {
  return body.pipeThrough(transform).pipeThrough(new IdentityTransformStream());
}
