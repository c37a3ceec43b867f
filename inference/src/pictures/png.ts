import { crc32, deflateSync } from 'node:zlib';
import type { RawPicture } from './raw.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const COLOR_TYPES = { 3: 2, 4: 6 } as const;

/**
 * Writes an uncompressed PNG. libvips reads a profile and an orientation only from a file, so a decoded
 * picture that has them reaches it as one. (PNG specification, third edition, sections 11.2, 11.3.2.3 and
 * 11.3.3.5.)
 */
export function pngOf({ width, height, channels, data, profile, orientation }: RawPicture): Buffer {
  const row = width * channels;
  const rows = Buffer.alloc((row + 1) * height);
  for (let y = 0; y < height; y++) data.copy(rows, y * (row + 1) + 1, y * row, (y + 1) * row);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, COLOR_TYPES[channels], 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    ...chunk('IHDR', header),
    ...(profile ? chunk('iCCP', Buffer.concat([Buffer.from('icc\0\0'), deflateSync(profile, { level: 0 })])) : []),
    ...(orientation ? chunk('eXIf', exif(orientation)) : []),
    ...chunk('IDAT', deflateSync(rows, { level: 0 })),
    ...chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * A TIFF header and one directory with one entry: tag 0x0112, a whole number of 16 bits (EXIF 2.32, 4.6.4).
 */
function exif(orientation: number): Buffer {
  const bytes = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  bytes.writeUInt16BE(orientation, 18);
  return bytes;
}

/**
 * The PNG with right checksums: browsers do not check them, libpng stops at the first wrong one.
 */
export function repairedPng(bytes: Buffer): Buffer {
  let repaired: Buffer | undefined;
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const [start, end] = [at + 4, at + 8 + bytes.readUInt32BE(at)];
    if (end + 4 > bytes.length) break;
    const checksum = crc32(bytes.subarray(start, end));
    if (checksum !== bytes.readUInt32BE(end)) {
      const copy: Buffer = repaired ?? Buffer.from(bytes);
      copy.writeUInt32BE(checksum, end);
      repaired = copy;
    }
    at = end + 4;
  }
  return repaired ?? bytes;
}

function chunk(type: string, content: Buffer): Buffer[] {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length, 0);
  head.write(type, 4, 'latin1');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content, crc32(head.subarray(4))), 0);
  return [head, content, checksum];
}
