import { type Primaries, primariesIn } from './primaries.ts';

/** Boxes of boxes on the way to the properties of pictures. `meta` has a version and flags before them. */
const PATH = ['meta', 'iprp', 'ipco', 'colr'];
const VERSION_AND_FLAGS = 4;

/**
 * The primaries that the numbers of an AVIF picture name (`nclx`; ISO/IEC 14496-12, 12.1.5). libvips reads
 * only ICC profiles.
 *
 * @returns undefined if they are those of sRGB, or if the picture has a profile
 */
export function avifPrimaries(bytes: Buffer): Primaries | undefined {
  const colors = colorsIn(bytes, PATH);
  const numbers = colors.find((color) => typeOf(color, 0) === 'nclx');
  if (!numbers || numbers.length < 8 || colors.some((color) => /^(prof|rICC)$/.test(typeOf(color, 0))))
    return undefined;
  return primariesIn(numbers.readUInt16BE(4), numbers.readUInt16BE(6));
}

const typeOf = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, at + 4);

function colorsIn(bytes: Buffer, [type, ...deeper]: readonly string[]): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    // 0 is "to the end", 1 a size of 64 bits: neither is one of these boxes.
    if (size < 8) break;
    if (typeOf(bytes, at + 4) === type) {
      const content = bytes.subarray(at + 8 + (type === 'meta' ? VERSION_AND_FLAGS : 0), at + size);
      found.push(...(deeper.length > 0 ? colorsIn(content, deeper) : [content]));
    }
    at += size;
  }
  return found;
}
