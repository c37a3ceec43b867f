/**
 * Reads a body up to a limit, and cancels what is left of one that is larger.
 *
 * @throws whatever `tooLarge` makes, as soon as the limit is passed.
 */
export async function readBounded(
  source: { readonly headers: Headers; readonly body: ReadableStream<Uint8Array> | null },
  mostBytes: number,
  tooLarge: () => Error,
): Promise<Uint8Array> {
  if (!source.body) return new Uint8Array();
  if (Number(source.headers.get('content-length') ?? 0) > mostBytes) {
    await source.body.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = source.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.byteLength;
    if (length > mostBytes) {
      await reader.cancel();
      throw tooLarge();
    }
  }
  const [only] = chunks;
  if (chunks.length === 1 && only) return only;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
