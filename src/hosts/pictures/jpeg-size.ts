import { jpegSegments } from './jpeg-segments.ts';
import type { Size } from './size.ts';

/** Walks the segments of a JPEG to its frame header. Source: ITU-T T.81, B.2.2 */
export function jpegSize(view: DataView): Size | undefined {
  for (const { marker, at } of jpegSegments(view)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  return undefined;
}
