import { concat } from '../../../base/bytes/concat.ts';
import type { Size } from '../size.ts';
import { markedPacket, newPacket, type SourceType } from './packet.ts';
import type { Splice } from './splice.ts';

/** Where the first chunk is; a chunk begins with its name and its length. Source: RFC 9649, 2.3 and 2.4 */
const FIRST_CHUNK = 12;
const CHUNK_BYTES = 8;
/** Flags of the extended header. Source: RFC 9649, 2.7 */
const HAS_XMP = 0x04;
const HAS_ALPHA = 0x10;

const utf8 = new TextEncoder();

/** @returns no change if the picture is marked or signed, or is not a whole WebP */
export function markWebp(file: Uint8Array, size: Size, source: SourceType): readonly Splice[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const end = CHUNK_BYTES + view.getUint32(4, true);
  if (end > file.length) return [];
  const changes: Splice[] = [];
  const nameAt = (at: number) => String.fromCharCode(...file.subarray(at, at + 4));
  let isMarked = false;
  for (let at = FIRST_CHUNK; at + CHUNK_BYTES <= end; ) {
    const length = view.getUint32(at + 4, true);
    const next = at + CHUNK_BYTES + length + (length % 2);
    if (next > end) return [];
    const name = nameAt(at);
    // Source: C2PA 2.2, A.3.4
    if (name === 'C2PA') return [];
    if (name === 'XMP ') {
      const packet = markedPacket(file.subarray(at + CHUNK_BYTES, at + CHUNK_BYTES + length), source);
      if (!packet || isMarked) return [];
      changes.push({ at, removed: next - at, added: chunkOf('XMP ', packet) });
      isMarked = true;
    }
    at = next;
  }
  const flags = file[FIRST_CHUNK + CHUNK_BYTES] ?? 0;
  if (nameAt(FIRST_CHUNK) === 'VP8X') {
    changes.unshift({ at: FIRST_CHUNK + CHUNK_BYTES, removed: 1, added: new Uint8Array([flags | HAS_XMP]) });
  } else {
    changes.unshift({ at: FIRST_CHUNK, removed: 0, added: chunkOf('VP8X', extendedHeader(size, hasAlpha(view))) });
  }
  if (!isMarked) changes.push({ at: end, removed: 0, added: chunkOf('XMP ', newPacket(source)) });
  const growth = changes.reduce((sum, { removed, added }) => sum + added.length - removed, 0);
  const riffSize = new Uint8Array(4);
  new DataView(riffSize.buffer).setUint32(0, end - CHUNK_BYTES + growth, true);
  return [{ at: 4, removed: 4, added: riffSize }, ...changes];
}

/** Of a lossless picture, its first bytes say so. Source: RFC 9649, 3.4 */
function hasAlpha(view: DataView): boolean {
  const VP8L = 0x5650384c;
  return view.getUint32(FIRST_CHUNK) === VP8L && (view.getUint32(FIRST_CHUNK + CHUNK_BYTES + 1, true) >> 28) % 2 !== 0;
}

function extendedHeader({ width, height }: Size, alpha: boolean): Uint8Array {
  const header = new Uint8Array(10);
  const view = new DataView(header.buffer);
  header[0] = HAS_XMP | (alpha ? HAS_ALPHA : 0);
  view.setUint16(4, (width - 1) & 0xffff, true);
  header[6] = (width - 1) >> 16;
  view.setUint16(7, (height - 1) & 0xffff, true);
  header[9] = (height - 1) >> 16;
  return header;
}

function chunkOf(name: string, content: Uint8Array): Uint8Array {
  const head = concat([utf8.encode(name), new Uint8Array(4)]);
  new DataView(head.buffer).setUint32(4, content.length, true);
  return concat([head, content, new Uint8Array(content.length % 2)]);
}
