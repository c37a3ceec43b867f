import { ApiError } from '../base/errors.ts';
import { MAX_LOCATED_CHARACTERS } from '../base/sizes.ts';

/**
 * Parses JSON. The error of malformed JSON says where it is malformed, without quoting it.
 *
 * @param original the text as the caller sent it, if this one has placeholders
 * @throws ApiError `invalid_json`
 */
export function parseJson(parsed: string, original: () => string = () => parsed): unknown {
  try {
    return JSON.parse(parsed);
  } catch {
    const text = original();
    const head = text.slice(0, MAX_LOCATED_CHARACTERS);
    const offset = firstError(head);
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    // The token at the offset may only look malformed because the head ends within it.
    const isCut = head.length < text.length && CUT_TOKEN.test(head.slice(offset));
    const what = isCut
      ? 'It stops being JSON after'
      : offset >= text.length
        ? 'It ends too early at'
        : 'It stops being JSON at';
    throw new ApiError('invalid_json', `The body is not valid JSON. ${what} line ${line}, column ${column}.`);
  }
}

const STRING = String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`;
const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
/** Whitespace, then punctuation, a string, or another value. */
const TOKEN = new RegExp(String.raw`[ \t\r\n]*(?:([[\]{},:])|(${STRING})|(?:${NUMBER}|true|false|null))`, 'y');

/** The beginning of a string that does not end, or the beginning of another value, or nothing. */
const CUT_TOKEN = /^[ \t\r\n]*(?:"(?:[^"\\]|\\.)*\\?|[\w.+-]*)$/s;

/**
 * The offset of the first character that is not allowed there. V8 names it in some of its messages only, and
 * those quote the text. Runs only for text that is known to be malformed.
 */
function firstError(text: string): number {
  const open: string[] = [];
  let expect: 'value' | 'firstValue' | 'key' | 'firstKey' | 'colon' | 'next' | 'end' = 'value';
  let offset = 0;
  for (;;) {
    TOKEN.lastIndex = offset;
    const match = TOKEN.exec(text);
    const start = offset + (/^[ \t\r\n]*/.exec(text.slice(offset, offset + 4096))?.[0].length ?? 0);
    if (!match) return start;
    const [whole, mark, string] = match;
    const isValue = mark === undefined || mark === '{' || mark === '[';
    const close = open.at(-1) === '{' ? '}' : ']';
    const closes =
      open.length > 0 && mark === close && (expect === 'next' || expect === 'firstValue' || expect === 'firstKey');
    if (closes) {
      open.pop();
      expect = open.length === 0 ? 'end' : 'next';
    } else if (isValue && (expect === 'value' || expect === 'firstValue')) {
      if (mark === '{') expect = 'firstKey';
      else if (mark === '[') expect = 'firstValue';
      else expect = open.length === 0 ? 'end' : 'next';
      if (mark) open.push(mark);
    } else if (string !== undefined && (expect === 'key' || expect === 'firstKey')) expect = 'colon';
    else if (mark === ':' && expect === 'colon') expect = 'value';
    else if (mark === ',' && expect === 'next') expect = open.at(-1) === '{' ? 'key' : 'value';
    else return start;
    offset += whole.length;
  }
}
