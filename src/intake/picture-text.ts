import { type FileKind, fileKindOf } from '../base/bytes/file-kind.ts';

/** How a `data:` URL begins; a text that merely has the word `data:` has no comma after a media type. Source: RFC 2397. */
const DATA_URL = /^\s*data:(image\/|([\w.+-]+\/[\w.+-]+)?(;[\w.+-]+(=("[^"]*"|[^;,"\s]*))?)*,)/i;

const BASE64_START = /^\s*[\w+/-]{32}/;
const BASE64 = /^[\w+/\s-]+={0,2}\s*$/;
/** Fewer letters without a space can be a word, a path or a digest. */
const MIN_LETTERS = 100;

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
    // The two bytes with which a JPEG XL can begin are `/wo`, as in a path.
    if (kind === undefined || (kind === 'jxl' && !isBase64(text))) return undefined;
    return BASE64.test(text) ? kind : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text is base64 of anything: so long without a space, it is of no language. */
export function isBase64(text: string): boolean {
  return text.trim().length >= MIN_LETTERS && /^\s*[\w+/-]{64}/.test(text) && BASE64.test(text);
}
