import { concat } from '../../../base/bytes/concat.ts';
import { markedPacket, newPacket, type SourceType } from './packet.ts';
import type { Splice } from './splice.ts';

/** Its packet has to be uncompressed: Adobe's XMP Toolkit finds no other. Source: ISO 16684-3, 3.1 */
const KEYWORD = 'XML:com.adobe.xmp\0';
/** Not compressed, without a language, without a translated keyword. Source: PNG (Third Edition), 11.3.3.4 */
const HEAD = `${KEYWORD}\0\0\0\0`;
const FIRST_CHUNK = 8;
/** Length, type and checksum. */
const CHUNK_BYTES = 12;

const utf8 = new TextEncoder();

/** @returns no change if the picture is marked or signed, or is not a whole PNG */
export function markPng(file: Uint8Array, source: SourceType): readonly Splice[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let pixelsAt: number | undefined;
  let packet: Splice | undefined;
  for (let at = FIRST_CHUNK; at + CHUNK_BYTES <= file.length; ) {
    const length = view.getUint32(at);
    const type = latin1(file, at + 4, 4);
    if (at + CHUNK_BYTES + length > file.length) return [];
    if (type === 'caBX') return [];
    if (type === 'IDAT') pixelsAt ??= at;
    if (type === 'iTXt' && latin1(file, at + 8, KEYWORD.length) === KEYWORD) {
      const added = remade(file.subarray(at + 8, at + 8 + length), source);
      // Of two packets no reader says which one counts.
      if (!added || packet) return [];
      packet = { at, removed: CHUNK_BYTES + length, added };
    }
    at += CHUNK_BYTES + length;
    if (type !== 'IEND') continue;
    if (pixelsAt === undefined) return [];
    return [packet ?? { at: pixelsAt, removed: 0, added: textChunk(newPacket(source)) }];
  }
  return [];
}

function remade(content: Uint8Array, source: SourceType): Uint8Array | undefined {
  if (latin1(content, 0, HEAD.length) !== HEAD) return undefined;
  const packet = markedPacket(content.subarray(HEAD.length), source);
  return packet && textChunk(packet);
}

function textChunk(packet: Uint8Array): Uint8Array {
  const content = concat([utf8.encode(`iTXt${HEAD}`), packet]);
  const chunk = new Uint8Array(content.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, content.length - 4);
  chunk.set(content, 4);
  view.setUint32(content.length + 4, crc32(content));
  return chunk;
}

/** Source: PNG (Third Edition), 5.5 and annex D. Bit by bit: a packet has less than a kilobyte. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
