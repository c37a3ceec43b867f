const START_OF_SCAN = 0xda;
const END = 0xd9;

export interface JpegSegment {
  readonly marker: number;
  /** Where its marker is. */
  readonly at: number;
  /** Of what follows the marker, with the two bytes of the length. */
  readonly length: number;
}

/**
 * The segments of a JPEG up to its first scan, which is the last of them. Stray bytes between segments are
 * skipped, as decoders do.
 *
 * Source: ITU-T T.81, B.1
 * @throws RangeError if the bytes end before
 */
export function* jpegSegments(view: DataView): Generator<JpegSegment> {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) {
      at++;
      continue;
    }
    const marker = view.getUint8(at + 1);
    // Fill bytes, and what stands for a byte of 0xff outside of a scan.
    if (marker === 0xff || marker === 0) {
      at += 1;
      continue;
    }
    if (marker === END) return;
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    const length = isBare ? 0 : view.getUint16(at + 2);
    yield { marker, at, length };
    if (marker === START_OF_SCAN) return;
    at += 2 + length;
  }
}
