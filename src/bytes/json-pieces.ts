const utf8 = new TextEncoder();

const CHUNK_CHARACTERS = 64 * 1024;

/**
 * A JSON answer from pieces of its text. A short one is sent as one string. A long one is written chunk by chunk while the
 * client reads it, so that an answer of many megabytes is never in memory as a whole.
 */
export function jsonAnswer(pieces: Iterable<string>, headers: Record<string, string> = {}): Response {
  const source = pieces[Symbol.iterator]();
  const first = nextChunk(source);
  const init = { headers: { 'content-type': 'application/json', ...headers } };
  if (first.length < CHUNK_CHARACTERS) return new Response(first, init);
  const body = new ReadableStream({
    type: 'bytes',
    start: (controller) => controller.enqueue(utf8.encode(first)),
    pull(controller) {
      const chunk = nextChunk(source);
      if (chunk !== '') controller.enqueue(utf8.encode(chunk));
      if (chunk.length < CHUNK_CHARACTERS) controller.close();
    },
  });
  return new Response(body, init);
}

/** @returns less than a chunk only at the end */
function nextChunk(source: Iterator<string>): string {
  let chunk = '';
  while (chunk.length < CHUNK_CHARACTERS) {
    const { done, value } = source.next();
    if (done) break;
    chunk += value;
  }
  return chunk;
}
