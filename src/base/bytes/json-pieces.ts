import { isObject } from '../is-object.ts';

const utf8 = new TextEncoder();
const latin1 = new TextDecoder('latin1');

const CHUNK_CHARACTERS = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * The JSON of plain data, in pieces: neither a long string nor a list of objects is written as a whole. Bytes
 * are a string that was left in them, such as base64: ASCII without quotes and backslashes.
 */
export function* jsonPieces(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length > CHUNK_CHARACTERS) {
    yield '"';
    // A pair of surrogates that is cut is escaped, as two that a parser joins.
    for (let at = 0; at < value.length; at += CHUNK_CHARACTERS)
      yield JSON.stringify(value.slice(at, at + CHUNK_CHARACTERS)).slice(1, -1);
    yield '"';
  } else if (value instanceof Uint8Array) {
    yield '"';
    for (let at = 0; at < value.length; at += CHUNK_CHARACTERS)
      yield latin1.decode(value.subarray(at, at + CHUNK_CHARACTERS));
    yield '"';
  } else if (Array.isArray(value) && isObject(value[0])) {
    let separator = '[';
    for (const entry of value) {
      yield separator;
      yield* jsonPieces(entry);
      separator = ',';
    }
    yield ']';
  } else if (isObject(value)) {
    let separator = '{';
    for (const [name, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      yield `${separator}${JSON.stringify(name)}:`;
      yield* jsonPieces(entry);
      separator = ',';
    }
    yield separator === '{' ? '{}' : '}';
  } else yield JSON.stringify(value) ?? 'null';
}

/**
 * A JSON answer from pieces of its text. A short one is sent as one string. A long one is written through one
 * buffer while the client reads it: an answer of many megabytes is never in memory as a whole, and its pieces
 * are never joined.
 */
export function jsonAnswer(pieces: Iterable<string>, headers: Record<string, string> = {}): Response {
  const init = { headers: { 'content-type': 'application/json', ...headers } };
  const source = pieces[Symbol.iterator]();
  let head = '';
  while (head.length < CHUNK_CHARACTERS) {
    const { done, value } = source.next();
    if (done) return new Response(head, init);
    head += value;
  }
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  // A write fails if the client has left: nobody is there to get the rest. A piece that fails ends the answer
  // incomplete.
  writeAll(head, source, writer).catch((error) => writer.abort(error).catch(() => {}));
  return new Response(readable, init);
}

async function writeAll(
  head: string,
  rest: Iterator<string>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let used = 0;
  for (let piece: string | undefined = head; piece !== undefined; piece = nextOf(rest)) {
    let left = piece;
    for (;;) {
      const { read, written } = utf8.encodeInto(left, buffer.subarray(used));
      used += written;
      if (read === left.length) break;
      // A write resolves when its bytes have been read, so the buffer can be filled again.
      await writer.write(buffer.subarray(0, used));
      used = 0;
      left = left.slice(read);
    }
  }
  await writer.write(buffer.subarray(0, used));
  await writer.close();
}

function nextOf(source: Iterator<string>): string | undefined {
  const { done, value } = source.next();
  return done ? undefined : value;
}
