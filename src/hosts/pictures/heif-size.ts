import type { Size } from './size.ts';

const META = box('meta');
const PROPERTIES = box('iprp');
const PROPERTY_CONTAINER = box('ipco');
const EXTENTS = box('ispe');

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The size of an AVIF or HEIC picture: the largest of the pictures in the file, which is at least that of the
 * one that is shown. Its tiles and its thumbnail are smaller.
 *
 * Source: ISO/IEC 23008-12, 6.5.3 and 9.3; ISO/IEC 14496-12, 4.2
 */
export function heifSize(view: DataView): Size | undefined {
  const file = { start: 0, end: view.byteLength };
  const meta = find(view, file, META);
  // After its header, `meta` has a version and flags.
  const properties = meta && find(view, { ...meta, start: meta.start + 4 }, PROPERTIES);
  const container = properties && find(view, properties, PROPERTY_CONTAINER);
  if (!container) return undefined;
  let largest: Size | undefined;
  for (const [type, { start }] of boxes(view, container)) {
    if (type !== EXTENTS) continue;
    const size = { width: view.getUint32(start + 4), height: view.getUint32(start + 8) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

function find(view: DataView, within: Range, wanted: number): Range | undefined {
  for (const [type, content] of boxes(view, within)) if (type === wanted) return content;
  return undefined;
}

/** The boxes of a range: the type of each, and where its content is. */
function* boxes(view: DataView, { start, end }: Range): Generator<readonly [type: number, content: Range]> {
  for (let at = start; at + 8 <= end; ) {
    const short = view.getUint32(at);
    const isLong = short === 1;
    const header = isLong ? 16 : 8;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? end - at : short;
    if (length < header) return;
    yield [view.getUint32(at + 4), { start: at + header, end: Math.min(end, at + length) }];
    at += length;
  }
}

function box(type: string): number {
  return [...type].reduce((number, letter) => number * 256 + letter.charCodeAt(0), 0);
}
