import { concat } from './concat.ts';
import { Placeholders } from './placeholders.ts';

/**
 * Large strings of a JSON text that stay in its bytes. `JSON.parse` would copy a picture of 13 MB as a
 * string, after the body was already copied to one: four copies with the one that is sent on, and an isolate
 * has 128 MB. So before parsing, the content of such strings is replaced by placeholders.
 */

/** From this length of a body on, memory counts more than the time to look for its pictures. */
const MIN_BODY = 2 * 1024 * 1024;
const MIN_PICTURE = 64 * 1024;
/** Items of a large body are rarely shorter: a request has at most 2,048. */
const MIN_ITEM = 1024;
const SLICE = 64 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * All but printable ASCII without quote and backslash: what is left is the same in JSON, in UTF-8 and in a
 * string.
 */
const NOT_PLAIN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('latin1');

export interface WithoutLargeStrings {
  /** The body with placeholders. */
  readonly rest: Uint8Array;
  readonly large: Placeholders;
}

/**
 * Takes pictures out of a body: base64, with or without `data:`, or any other long text that is the same in
 * JSON, in UTF-8 and in a string.
 *
 * @returns undefined if there are none, which is found out without looking at every string
 */
export function takePictures(bytes: Uint8Array): WithoutLargeStrings | undefined {
  if (bytes.length < MIN_BODY || !hasGap(bytes, MIN_PICTURE)) return undefined;
  const taken = takeLargeStrings(bytes, MIN_PICTURE, isPlain);
  return taken.large.size === 0 ? undefined : taken;
}

/** Takes pictures and long texts out of a body of items. */
export function takeItems(bytes: Uint8Array): WithoutLargeStrings | undefined {
  if (bytes.length < MIN_BODY || !hasGap(bytes, MIN_ITEM)) return undefined;
  return takeLargeStrings(bytes, MIN_ITEM, () => true);
}

/** Takes strings of at least a length out of a JSON text. */
export function takeLargeStrings(
  bytes: Uint8Array,
  minLength: number,
  isTaken: (content: Uint8Array) => boolean,
): WithoutLargeStrings {
  const large = new Placeholders();
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const [start, end] of strings(bytes)) {
    if (end - start < minLength || !isTaken(bytes.subarray(start, end))) continue;
    kept.push(bytes.subarray(from, start), utf8.encode(large.raw(bytes.subarray(start, end))));
    from = end;
  }
  return { rest: concat([...kept, bytes.subarray(from)]), large };
}

/**
 * Replaces the placeholders in a parsed value by what they stand for.
 *
 * @param keep says where a placeholder is kept, because it can be read there
 * @throws SyntaxError or TypeError if one stands for something else than the content of a JSON string in
 * UTF-8
 */
export function fillIn(
  value: unknown,
  large: Placeholders,
  keep: (key: string, content: Uint8Array) => boolean,
): unknown {
  const filled = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      const content = large.contentOf(value);
      return content && !keep(key, content) ? textOf(content) : value;
    }
    if (Array.isArray(value)) return value.map((entry) => filled(entry, key));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([name, entry]) => {
      const content = large.contentOf(name);
      return [content ? textOf(content) : name, filled(entry, name)];
    });
    return Object.fromEntries(entries);
  };
  return filled(value, '');
}

/**
 * The string that a JSON string is, from what is between its quotes.
 *
 * @throws SyntaxError or TypeError if it is malformed, or not UTF-8
 */
export function textOf(content: Uint8Array): string {
  return JSON.parse(`"${strictUtf8.decode(content)}"`);
}

/** Whether two neighboring quotes are so far apart somewhere. Looks at one place in 32 KiB. */
function hasGap(bytes: Uint8Array, gap: number): boolean {
  const step = MIN_PICTURE / 2;
  for (let at = step; at < bytes.length; at += step) {
    const next = bytes.indexOf(QUOTE, at);
    if (next === -1) return false;
    if (next - bytes.lastIndexOf(QUOTE, at) >= gap) return true;
  }
  return false;
}

/** Where the strings of a JSON text begin and end, without their quotes. */
function* strings(bytes: Uint8Array): Generator<readonly [start: number, end: number]> {
  for (let open = bytes.indexOf(QUOTE); open !== -1; ) {
    let close = bytes.indexOf(QUOTE, open + 1);
    while (close !== -1 && isEscaped(bytes, close)) close = bytes.indexOf(QUOTE, close + 1);
    // A string without an end: parsing will report it.
    if (close === -1) return;
    yield [open + 1, close];
    open = bytes.indexOf(QUOTE, close + 1);
  }
}

function isEscaped(bytes: Uint8Array, at: number): boolean {
  let backslashes = 0;
  while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** Enough for what is checked when it is read, such as base64: the text needs no unescaping. */
export function hasNoEscapes(content: Uint8Array): boolean {
  return content.indexOf(BACKSLASH) === -1;
}

export function isPlain(content: Uint8Array): boolean {
  for (let at = 0; at < content.length; at += SLICE) {
    if (NOT_PLAIN.test(latin1.decode(content.subarray(at, at + SLICE)))) return false;
  }
  return true;
}
