const MARKER = 0xff;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = Buffer.from([MARKER, 0xd9]);

/**
 * The JPEG as browsers read it: without stray bytes between its segments, and with its end marker. libjpeg
 * only warns of both, but libvips reports the same errors for files that break off, which must fail.
 */
export function repairedJpeg(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length) {
    // A marker is any number of 0xFF and one byte that is neither 0 nor 0xFF (ITU-T T.81, section B.1.1.2).
    while (at < bytes.length && !isMarker(bytes, at)) at++;
    const type = bytes[at + 1];
    if (type === START_OF_SCAN || at + 4 > bytes.length) break;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    kept.push(bytes.subarray(at, end));
    at = end;
  }
  kept.push(bytes.subarray(at));
  const ended = bytes.lastIndexOf(END_OF_IMAGE) >= at;
  return Buffer.concat(ended ? kept : [...kept, END_OF_IMAGE]);
}

function isMarker(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 1];
  return bytes[at] === MARKER && next !== undefined && next !== 0 && next !== MARKER;
}
