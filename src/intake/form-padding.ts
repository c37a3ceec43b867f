import { concat } from '../base/bytes/concat.ts';
import { MAX_FORM_HEAD_BYTES } from '../base/sizes.ts';
import { boundaryOf } from './boundary.ts';
import { indexOf, paddingAt } from './form-pieces.ts';

const CR = 13;
const DASH = 45;
const LINE_END = '\r\n';

const utf8Bytes = new TextEncoder();

type Parsed = Pick<Response, 'headers' | 'formData'>;

/**
 * A multipart form as workerd's parser takes it: without spaces and tabs behind its boundaries, which RFC
 * 2046 (section 5.1.1) allows and that parser refuses. A client pads all boundaries or none, so the first one
 * decides whether the form has to be in memory before it is parsed.
 */
export async function withoutPadding(source: Request | Response): Promise<Parsed> {
  const boundary = boundaryOf(source);
  if (boundary === undefined || !source.body) return source;
  const [peeked, whole] = source.body.tee();
  const form = new Response(whole, { headers: { 'content-type': source.headers.get('content-type') ?? '' } });
  const reader = peeked.getReader({ mode: 'byob' });
  const { value } = await reader.readAtLeast(MAX_FORM_HEAD_BYTES, new Uint8Array(MAX_FORM_HEAD_BYTES));
  // Not awaited: it settles once the other branch is cancelled, too.
  reader.cancel().catch(() => {});
  if (!value || unpadded(value, boundary).length === value.length) return form;
  return new Response(unpadded(await form.bytes(), boundary), form);
}

/** @returns the same bytes if nothing is padded */
function unpadded(bytes: Uint8Array, boundary: string): Uint8Array<ArrayBufferLike> {
  const delimiter = utf8Bytes.encode(`${LINE_END}--${boundary}`);
  /** @returns where the next one ends */
  const delimiterAfter = (start: number) => {
    const at = indexOf(bytes, delimiter, start);
    return at === -1 ? -1 : at + delimiter.length;
  };
  const kept: Uint8Array[] = [];
  let from = 0;
  const isAtStart = delimiter.subarray(LINE_END.length).every((byte, i) => byte === bytes[i]);
  // The first delimiter may come without the line end before it.
  let end = isAtStart ? delimiter.length - LINE_END.length : delimiterAfter(0);
  while (end !== -1) {
    if (bytes[end] === DASH && bytes[end + 1] === DASH) end += 2;
    const padding = paddingAt(bytes, end);
    const next = bytes[end + padding];
    if (padding > 0 && (next === CR || next === undefined)) {
      kept.push(bytes.subarray(from, end));
      from = end + padding;
    }
    end = delimiterAfter(end);
  }
  return from === 0 ? bytes : concat([...kept, bytes.subarray(from)]);
}
