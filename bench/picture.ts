import { randomBytes } from 'node:crypto';

const SIGNATURE_AND_HEADER = Buffer.from('89504e470d0a1a0a0000000d4948445200000100000001000802000000d3103f31', 'hex');
const END = Buffer.from('0000000049454e44ae426082', 'hex');
/** Length, type and checksum of a chunk. */
const CHUNK_BYTES = 12;

/** Bytes with the chunks of a PNG of 256 x 256, whose pixels cannot be decompressed. */
export function png(bytes: number): Buffer {
  const pixels = bytes - SIGNATURE_AND_HEADER.length - CHUNK_BYTES - END.length;
  const head = Buffer.from('00000000', 'hex');
  head.writeUInt32BE(pixels);
  return Buffer.concat([SIGNATURE_AND_HEADER, head, Buffer.from('IDAT'), randomBytes(pixels + 4), END]);
}
