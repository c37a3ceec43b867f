import { concat } from '../../../base/bytes/concat.ts';
import { type JpegSegment, jpegSegments } from '../jpeg-segments.ts';
import { markedPacket, newPacket, type SourceType } from './packet.ts';
import type { Splice } from './splice.ts';

const APP0 = 0xe0;
const APP1 = 0xe1;
const APP11 = 0xeb;
const START_OF_SCAN = 0xda;
/** Source: ISO 16684-3, 2.2 */
const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const EXIF = 'Exif\0';
/** Boxes of ISO/IEC 19566-5, in which C2PA's manifests are. Source: C2PA 2.2, A.3.1 */
const BOXES = 'JP';
const MAX_SEGMENT = 0xffff;

const utf8 = new TextEncoder();

/**
 * @returns no change if the picture is marked or signed
 * @throws RangeError if the bytes end before the first scan
 */
export function markJpeg(file: Uint8Array, source: SourceType): readonly Splice[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const begins = ({ at }: JpegSegment, text: string) =>
    String.fromCharCode(...file.subarray(at + 4, at + 4 + text.length)) === text;
  // JFIF and Exif want to be first.
  let place = 2;
  let packet: Splice | undefined;
  for (const segment of jpegSegments(view)) {
    const { marker, at, length } = segment;
    if (marker === APP11 && begins(segment, BOXES)) return [];
    if (marker === APP1 && begins(segment, XMP)) {
      const content = file.subarray(at + 4 + XMP.length, at + 2 + length);
      const added = segmentOf(markedPacket(content, source));
      if (!added || packet) return [];
      packet = { at, removed: 2 + length, added };
    }
    if (marker === APP0 || (marker === APP1 && begins(segment, EXIF))) place = at + 2 + length;
    if (marker !== START_OF_SCAN) continue;
    const added = segmentOf(newPacket(source));
    return packet ? [packet] : added ? [{ at: place, removed: 0, added }] : [];
  }
  return [];
}

function segmentOf(packet: Uint8Array | undefined): Uint8Array | undefined {
  if (!packet) return undefined;
  const length = 2 + XMP.length + packet.length;
  if (length > MAX_SEGMENT) return undefined;
  return concat([new Uint8Array([0xff, APP1, length >> 8, length & 0xff]), utf8.encode(XMP), packet]);
}
