import type { Size } from './size.ts';

const START_OF_SCAN = 0xda;
const END = 0xd9;

/**
 * Walks the segments of a JPEG to its frame header. Stray bytes between segments are skipped, as decoders do.
 *
 * Source: ITU-T T.81, B.1 and B.2.2
 */
export function jpegSize(view: DataView): Size | undefined {
  for (let offset = 2; ; ) {
    if (view.getUint8(offset) !== 0xff) {
      offset++;
      continue;
    }
    const marker = view.getUint8(offset + 1);
    // Fill bytes, and what stands for a byte of 0xff outside of a scan.
    if (marker === 0xff || marker === 0) {
      offset += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) };
    if (marker === START_OF_SCAN || marker === END) return undefined;
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    offset += isBare ? 2 : 2 + view.getUint16(offset + 2);
  }
}
