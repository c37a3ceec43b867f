import { randomBytes } from 'node:crypto';

/** Bytes that begin like a PNG of 256 x 256 and cannot be compressed. */
export function png(bytes: number): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452000001000000010008020000', 'hex');
  return Buffer.concat([head, randomBytes(bytes - head.length)]);
}
