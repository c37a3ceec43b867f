import { crc32, deflateSync } from 'node:zlib';
import type { Pixels } from './drawings.ts';

const u16 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255]);
const u24 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
const u32be = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

/** An uncompressed BMP of 24 bits, rows from bottom to top as designers' tools write them. */
export function bmp({ width, height, channels, data }: Pixels): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((height - 1 - y) * width + x) * channels;
      for (let i = 0; i < 3; i++) rows[y * stride + x * 3 + i] = data[from + 2 - i] as number;
    }
  }
  const info = [u32(40), u32(width), u32(height), u16(1), u16(24), u32(0), u32(rows.length), Buffer.alloc(16)];
  return Buffer.concat([Buffer.from('BM'), u32(54 + rows.length), u32(0), u32(54), ...info, rows]);
}

/** One PNG chunk with its checksum (PNG specification, section 5.3). */
export function pngChunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  return Buffer.concat([u32be(content.length), body, u32be(crc32(body))]);
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A grey PNG of 16 bits, which sharp does not write from raw bytes of 8 bits. */
export function grey16Png(width: number, height: number, value: (x: number, y: number) => number): Buffer {
  const rows = Buffer.alloc((width * 2 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.writeUInt16BE(value(x, y), y * (width * 2 + 1) + 1 + x * 2);
  }
  const header = Buffer.concat([u32be(width), u32be(height), Buffer.from([16, 0, 0, 0, 0])]);
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The chunks of a PNG, in order. */
export function pngChunks(file: Buffer): { type: string; start: number; length: number }[] {
  const chunks = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    chunks.push({ type: file.toString('latin1', at + 4, at + 8), start: at, length });
    at += 12 + length;
  }
  return chunks;
}

export interface GifFrame {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Indexes into the palette, row by row. */
  indexes: number[];
}

/**
 * A GIF with a palette of four colors. The codes are never compressed: a clear code comes before the
 * dictionary grows, so each pixel is one code of three bits.
 */
export function gif(
  { width, height, palette, transparent }: { width: number; height: number; palette: number[][]; transparent?: number },
  frames: GifFrame[],
): Buffer {
  const colors = Array.from({ length: 4 }, (_, i) => Buffer.from(palette[i] ?? [0, 0, 0]));
  const head = [Buffer.from('GIF89a'), u16(width), u16(height), Buffer.from([0b1000_0001, 0, 0]), ...colors];
  const blocks = frames.flatMap((frame) => {
    const flags = transparent === undefined ? 0 : 1;
    const control = Buffer.from([0x21, 0xf9, 4, flags | 4, 10, 0, transparent ?? 0, 0]);
    const place = [u16(frame.left), u16(frame.top), u16(frame.width), u16(frame.height), Buffer.from([0, 2])];
    return [control, Buffer.from([0x2c]), ...place, subBlocks(codes(frame.indexes))];
  });
  return Buffer.concat([...head, ...blocks, Buffer.from([0x3b])]);
}

function codes(indexes: number[]): Buffer {
  const [CLEAR, END] = [4, 5];
  // After a clear code two codes fit before the decoder's codes get longer.
  const sequence = indexes.flatMap((index, i) => (i % 2 === 0 ? [CLEAR, index] : [index]));
  const bytes: number[] = [];
  let [bits, count] = [0, 0];
  for (const code of [...sequence, CLEAR, END]) {
    bits |= code << count;
    count += 3;
    while (count >= 8) {
      bytes.push(bits & 255);
      bits >>= 8;
      count -= 8;
    }
  }
  return Buffer.from([...bytes, bits]);
}

function subBlocks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const part = bytes.subarray(at, at + 255);
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function riffChunk(type: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), u32(content.length), content, Buffer.alloc(content.length % 2)]);
}

/** An animated WebP of still ones, each placed on the canvas (RFC 9649, section 2.7.1.1). */
export function animatedWebp(
  { width, height }: { width: number; height: number },
  frames: { left: number; top: number; width: number; height: number; still: Buffer }[],
): Buffer {
  const header = Buffer.concat([Buffer.from([0b0001_0010, 0, 0, 0]), u24(width - 1), u24(height - 1)]);
  const chunks = frames.map((frame) => {
    const place = [u24(frame.left / 2), u24(frame.top / 2), u24(frame.width - 1), u24(frame.height - 1), u24(100)];
    return riffChunk('ANMF', Buffer.concat([...place, Buffer.from([0]), frame.still.subarray(12)]));
  });
  const body = [Buffer.from('WEBP'), riffChunk('VP8X', header), riffChunk('ANIM', Buffer.alloc(6)), ...chunks];
  return riffChunk('RIFF', Buffer.concat(body));
}

/** An ICO of one PNG. */
export function ico(png: Buffer, size: number): Buffer {
  const entry = [Buffer.from([size % 256, size % 256, 0, 0]), u16(1), u16(32), u32(png.length), u32(22)];
  return Buffer.concat([u16(0), u16(1), u16(1), ...entry, png]);
}

/**
 * An AVIF picture of sharp, with numbers of its colors (`colr`, ITU-T H.273) in place of its bits per channel
 * (`pixi`), which no reader needs.
 */
export function withNumbers(avif: Buffer, primaries: number): Buffer {
  const at = avif.indexOf('pixi') - 4;
  const end = at + avif.readUInt32BE(at);
  const [unspecified, bt601, fullRange] = [2, 6, 0x80];
  const colors = Buffer.from([
    0,
    0,
    0,
    19,
    ...Buffer.from('colrnclx'),
    0,
    primaries,
    0,
    unspecified,
    0,
    bt601,
    fullRange,
  ]);
  const grown = colors.length - (end - at);
  const head = Buffer.from(avif.subarray(0, at));
  for (const type of ['meta', 'iprp', 'ipco']) {
    const size = head.indexOf(type) - 4;
    head.writeUInt32BE(head.readUInt32BE(size) + grown, size);
  }
  // The only place that names the pixels.
  const pixels = avif.indexOf('mdat') + 4;
  const place = Buffer.alloc(4);
  place.writeUInt32BE(pixels);
  head.writeUInt32BE(pixels + grown, head.indexOf(place, head.indexOf('iloc')));
  return Buffer.concat([head, colors, avif.subarray(end)]);
}
