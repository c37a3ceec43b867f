const MARKER = 0xff;
const START_OF_SCAN = 0xda;
/** Progressive frames, and all that libjpeg decodes. */
const PROGRESSIVE = [0xc2, 0xca];
const FRAMES = [0xc0, 0xc1, 0xc9, ...PROGRESSIVE];
const END_OF_IMAGE = Buffer.from([MARKER, 0xd9]);

/**
 * The JPEG as browsers read it: without stray bytes between its segments, and with its end marker. libjpeg
 * only warns of both, but libvips reports the same errors for files that break off, which must fail.
 */
export function repairedJpeg(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let at = 2;
  for (const segment of segments(bytes)) {
    at = segment.at;
    if (segment.type === START_OF_SCAN) break;
    at = segment.end;
    kept.push(bytes.subarray(segment.at, segment.end));
  }
  kept.push(bytes.subarray(at));
  const ended = bytes.lastIndexOf(END_OF_IMAGE) >= at;
  return Buffer.concat(ended ? kept : [...kept, END_OF_IMAGE]);
}

/**
 * The bytes per pixel that libjpeg holds of a JPEG whose pixels come in several scans: a coefficient of 16
 * bits for each value of each component. 0 if it is read row by row. (ITU-T T.81, sections A.1.1, B.2.2 and
 * B.2.3.)
 */
export function jpegCoefficientBytes(bytes: Buffer): number {
  const byte = (at: number) => bytes[at] ?? 0;
  let [perPixel, components] = [0, 0];
  for (const { type, at } of segments(bytes)) {
    // Another scan can follow the first one only if that has not all components.
    if (type === START_OF_SCAN) return byte(at + 4) < components ? perPixel : 0;
    if (!FRAMES.includes(type)) continue;
    components = byte(at + 9);
    const factors = Array.from({ length: components }, (_, i) => byte(at + 11 + 3 * i));
    const [across, down] = [factors.map((factor) => factor >> 4), factors.map((factor) => factor & 15)];
    const values = factors.reduce((sum, _, i) => sum + (across[i] as number) * (down[i] as number), 0);
    perPixel = (2 * values) / Math.max(1, Math.max(...across) * Math.max(...down));
    if (PROGRESSIVE.includes(type)) return perPixel;
  }
  return 0;
}

interface Segment {
  type: number;
  at: number;
  end: number;
}

/** The segments up to the first scan, without stray bytes between them. */
function* segments(bytes: Buffer): Generator<Segment> {
  for (let at = 2; at + 4 <= bytes.length; ) {
    // A marker is any number of 0xFF and one byte that is neither 0 nor 0xFF (ITU-T T.81, section B.1.1.2).
    while (at < bytes.length && !isMarker(bytes, at)) at++;
    if (at + 4 > bytes.length) return;
    const segment = { type: bytes.readUInt8(at + 1), at, end: at + 2 + bytes.readUInt16BE(at + 2) };
    yield segment;
    if (segment.type === START_OF_SCAN) return;
    at = segment.end;
  }
}

function isMarker(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 1];
  return bytes[at] === MARKER && next !== undefined && next !== 0 && next !== MARKER;
}
