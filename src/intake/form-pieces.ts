import { concat } from '../base/bytes/concat.ts';
import { ApiError } from '../base/errors.ts';
import { MAX_FORM_HEAD_BYTES, MAX_SMALL_BODY_BYTES } from '../base/sizes.ts';
import { clientLeft } from './client-left.ts';

/** A piece of a multipart form. The bytes of all pieces, joined, are the body without what is dropped. */
export type FormPiece =
  /**
   * Bytes that no reader needs: text before the first part, or spaces behind a boundary (RFC 2046, section
   * 5.1.1).
   */
  | { readonly kind: 'dropped'; readonly length: number; readonly isPadding: boolean }
  /** A field, complete: its head and its value. */
  | { readonly kind: 'field'; readonly name: string; readonly head: Uint8Array; readonly value: Uint8Array }
  /** The head of a file. */
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array }
  /** Some bytes of the file whose head came before. They are there until the next piece is read. */
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** What follows the last part. */
  | { readonly kind: 'end'; readonly bytes: Uint8Array };

/** A slow client must not cost a buffer for each of its packets. */
const READ_BYTES = 64 * 1024;
const CRLF = Uint8Array.of(13, 10);
const END_OF_HEAD = Uint8Array.of(13, 10, 13, 10);
const DASH = 45;
const SPACE = 32;
const TAB = 9;

const utf8Bytes = new TextEncoder();
const utf8 = new TextDecoder();

interface Search {
  readonly from?: number;
  /** From the beginning of what is in memory. */
  readonly maxBytes: number;
  /** What is wrong with the form if it is not found there. */
  readonly what: string;
}

/**
 * Reads a multipart form piece by piece while it arrives. It is stricter than RFC 7578: what two readers can
 * read differently is refused, since the host reads the form again.
 *
 * The body is not cancelled where reading it ends: see drain.ts.
 *
 * @param onBytes called with the length of each chunk; it can throw
 * @throws ApiError `invalid_parameter` if the body is not such a form; `client_closed_request`
 */
export async function* formPieces(
  body: ReadableStream<Uint8Array>,
  boundary: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<FormPiece, void> {
  const reader = body.getReader({ mode: 'byob' });
  const delimiter = utf8Bytes.encode(`\r\n--${boundary}`);
  // One buffer for all reads: a new one for each is garbage as large as the body.
  let storage = new Uint8Array(READ_BYTES);
  // The first delimiter comes without the line end that belongs to it.
  let buffer: Uint8Array = CRLF;
  let virtual = CRLF.length;
  const more = async () => {
    const kept = buffer.length;
    if (kept > READ_BYTES / 2) storage = new Uint8Array(kept + READ_BYTES);
    storage.set(buffer);
    const free = storage.subarray(kept);
    const { done, value } = await reader.readAtLeast(Math.min(free.length, READ_BYTES / 2), free).catch((error) => {
      throw clientLeft(error);
    });
    if (done || !value) return false;
    onBytes(value.length);
    // A read takes the memory, and gives it back under another name.
    storage = new Uint8Array(value.buffer);
    buffer = storage.subarray(0, kept + value.length);
    return true;
  };
  /** Reads until a pattern is in the buffer. @returns its place */
  const find = async (pattern: Uint8Array, { from = 0, maxBytes, what }: Search) => {
    for (let at = indexOf(buffer, pattern, from); ; at = indexOf(buffer, pattern, from)) {
      if ((at === -1 ? buffer.length : at) > maxBytes) throw broken(what);
      if (at !== -1) return at;
      if (!(await more())) throw broken('it ends too early');
    }
  };
  const take = (end: number) => {
    const taken = buffer.subarray(0, end);
    buffer = buffer.subarray(end);
    return taken;
  };
  try {
    const begin = await find(delimiter, {
      maxBytes: MAX_FORM_HEAD_BYTES,
      what: 'it does not begin with its boundary',
    });
    // The line end before the first boundary is dropped, too: so the form begins with its boundary.
    if (begin > 0) yield { kind: 'dropped', length: take(begin).length, isPadding: false };
    for (;;) {
      // Here the buffer begins with a delimiter.
      while (buffer.length < delimiter.length + 2) if (!(await more())) throw broken('it ends too early');
      if (buffer[delimiter.length] === DASH && buffer[delimiter.length + 1] === DASH) break;
      const headEnd = await find(END_OF_HEAD, {
        from: delimiter.length,
        maxBytes: MAX_FORM_HEAD_BYTES,
        what: 'the head of a part is too long',
      });
      let head: Uint8Array = take(headEnd + END_OF_HEAD.length).slice();
      const padding = paddingAt(head, delimiter.length);
      if (padding > 0) {
        head = concat([delimiter, head.subarray(delimiter.length + padding)]);
        yield { kind: 'dropped', length: padding, isPadding: true };
      }
      const { name, isFile } = readHead(utf8.decode(head.subarray(delimiter.length)));
      const bytes = head.subarray(virtual);
      virtual = 0;
      if (!isFile) {
        const end = await find(delimiter, {
          maxBytes: MAX_SMALL_BODY_BYTES,
          what: `the field \`${name}\` is too long`,
        });
        yield { kind: 'field', name, head: bytes, value: take(end).slice() };
        continue;
      }
      yield { kind: 'file', name, bytes };
      for (let end = indexOf(buffer, delimiter, 0); ; end = indexOf(buffer, delimiter, 0)) {
        // A delimiter can begin in this chunk and end in the next.
        const safe = end === -1 ? buffer.length - delimiter.length + 1 : end;
        if (safe > 0) yield { kind: 'data', bytes: take(safe) };
        if (end !== -1) break;
        if (!(await more())) throw broken('it ends too early');
      }
    }
    do {
      yield { kind: 'end', bytes: take(buffer.length).slice(virtual) };
      virtual = 0;
    } while (await more());
  } finally {
    reader.releaseLock();
  }
}

/** @param pattern begins with a carriage return, and has no other where it can begin again */
export function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  // Most of a file is skipped natively.
  for (let at = bytes.indexOf(13, from); at !== -1; at = bytes.indexOf(13, at + 1)) {
    let length = 1;
    while (length < pattern.length && bytes[at + length] === pattern[length]) length++;
    if (length === pattern.length) return at;
  }
  return -1;
}

/** How many spaces and tabs follow. */
export function paddingAt(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at - from;
}

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const DISPOSITION = new RegExp(
  `^form-data; *name=(?:"([^"\\\\]*)"|(${TOKEN}))((?:; *filename\\*?=(?:"(?:[^"\\\\]|\\\\.)*"|${TOKEN}))*)$`,
  'i',
);

function readHead(head: string): { readonly name: string; readonly isFile: boolean } {
  const [first, ...lines] = head.slice(0, -END_OF_HEAD.length).split('\r\n');
  const dispositions = lines.filter((line) => /^content-disposition:/i.test(line));
  const [, quoted, token, filename] =
    DISPOSITION.exec(dispositions[0]?.slice('content-disposition:'.length).trim() ?? '') ?? [];
  const name = quoted ?? token;
  const isLines = first === '' && lines.every((line) => /^[\w-]+:[^\r\n]*$/.test(line));
  if (!isLines || dispositions.length !== 1 || !name) throw broken('the head of a part is not readable');
  return { name, isFile: filename !== '' };
}

/** An error of a field or a file. @param what completes "`name`" */
export function invalidField(name: string, what: string): ApiError {
  return new ApiError('invalid_parameter', `\`${name}\` ${what}.`, { param: name });
}

export function tooLargeForm(maxBytes: number): ApiError {
  return new ApiError('body_too_large', `The body must have at most ${maxBytes} bytes.`);
}

function broken(what: string): ApiError {
  return new ApiError('invalid_parameter', `The body is not valid multipart/form-data: ${what}.`);
}
