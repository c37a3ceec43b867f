import type { Size } from './size.ts';

const WIDTH = 256;
const HEIGHT = 257;
const SHORT = 3;

/**
 * The size of the first picture of a TIFF. Source: TIFF 6.0, 2 and 8. A BigTIFF has none here: few programs
 * write it.
 */
export function tiffSize(view: DataView): Size | undefined {
  const isLittle = view.getUint8(0) === 0x49;
  if (view.getUint16(2, isLittle) !== 42) return undefined;
  const directory = view.getUint32(4, isLittle);
  const entries = view.getUint16(directory, isLittle);
  const size = { width: 0, height: 0 };
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    const tag = view.getUint16(at, isLittle);
    if (tag !== WIDTH && tag !== HEIGHT) continue;
    const isShort = view.getUint16(at + 2, isLittle) === SHORT;
    size[tag === WIDTH ? 'width' : 'height'] = isShort
      ? view.getUint16(at + 8, isLittle)
      : view.getUint32(at + 8, isLittle);
  }
  return size;
}
