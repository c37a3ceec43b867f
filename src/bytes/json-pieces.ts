const utf8 = new TextEncoder();

const CHUNK_CHARACTERS = 64 * 1024;

/**
 * A JSON answer from pieces of its text. A short one is sent as one string. A long one is written chunk by chunk, in one
 * buffer, while the client reads it: an answer of many megabytes is never in memory as a whole.
 */
export function jsonAnswer(pieces: Iterable<string>, headers: Record<string, string> = {}): Response {
  const source = pieces[Symbol.iterator]();
  const first = nextChunk(source);
  const init = { headers: { 'content-type': 'application/json', ...headers } };
  if (first.length < CHUNK_CHARACTERS) return new Response(first, init);
  const { readable, writable } = new IdentityTransformStream();
  // A write fails if the client has left: nobody is there to get the rest.
  writeAll(first, source, writable.getWriter()).catch(() => {});
  return new Response(readable, init);
}

async function writeAll(
  first: string,
  source: Iterator<string>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  let buffer = new Uint8Array(3 * CHUNK_CHARACTERS);
  for (let chunk = first; chunk !== ''; chunk = nextChunk(source)) {
    if (buffer.length < 3 * chunk.length) buffer = new Uint8Array(3 * chunk.length);
    // A write resolves when its bytes have been read, so the buffer can be filled again.
    await writer.write(buffer.subarray(0, utf8.encodeInto(chunk, buffer).written));
  }
  await writer.close();
}

/** @returns about a chunk; less only at the end, and then nothing */
function nextChunk(source: Iterator<string>): string {
  let chunk = '';
  while (chunk.length < CHUNK_CHARACTERS) {
    const { done, value } = source.next();
    if (done) break;
    chunk += value;
  }
  return chunk;
}
