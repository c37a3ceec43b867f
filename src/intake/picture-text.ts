import { type FileKind, fileKindOf } from '../base/bytes/file-kind.ts';

/**
 * How a `data:` URL begins; a text that merely has the word `data:` has no comma after a media type. Source:
 * RFC 2397.
 */
const DATA_URL = /^\s*data:(image\/|([\w.+-]+\/[\w.+-]+)?(;[\w.+-]+(=("[^"]*"|[^;,"\s]*))?)*,)/i;

/** Enough for the first bytes of every format. */
const BASE64_START = /^\s*[\w+/-]{16}/;
/**
 * Without spaces at its end: searched for after spaces, they would take a time that grows with their square.
 */
const BASE64 = /^[\w+/\s-]+={0,2}$/;
/** Fewer letters without a space can be a word. */
const LONG_WORD = /^\s*[\w+/-]{40}/;

/** Whether a text begins as a `data:` URL does. @param head at least its first 200 characters */
export function isDataUrl(head: string): boolean {
  // Most texts do not even begin with this letter.
  return /^\s*d/i.test(head) && DATA_URL.test(head);
}

/**
 * What a text is if it is the base64 of a file that people send as a picture. Other base64 is a text.
 *
 * @param text all of it, or its first 2,000 characters
 */
export function kindInBase64(text: string): FileKind | undefined {
  if (!BASE64_START.test(text)) return undefined;
  const head = text.trimStart().slice(0, 1_400).replaceAll(/[\s=]/g, '');
  try {
    const alphabet = /[-_]/.test(head) ? 'base64url' : 'base64';
    const kind = fileKindOf(Uint8Array.fromBase64(head.slice(0, head.length & ~3), { alphabet }));
    if (kind === undefined || !BASE64.test(text.trimEnd())) return undefined;
    // The two bytes with which a JPEG XL can begin are `/wo`, as in a path.
    return kind === 'jxl' && !/^\s*\S{64}/.test(text) ? undefined : kind;
  } catch {
    return undefined;
  }
}

/** Whether a text may be base64 of anything: so many letters without a space are of no language. */
export function isBase64(text: string): boolean {
  return LONG_WORD.test(text) && BASE64.test(text.trimEnd());
}
