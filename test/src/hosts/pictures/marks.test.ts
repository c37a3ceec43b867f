import { describe, expect, it } from 'vitest';
import { concat } from '../../../../src/base/bytes/concat.ts';
import type { PictureFormat } from '../../../../src/base/bytes/file-kind.ts';
import { base64Slices } from '../../../../src/base/bytes/placeholders.ts';
import { marked } from '../../../../src/hosts/pictures/marks/mark.ts';
import { randomFrom } from '../../../support/random.ts';

/**
 * What no program here writes: signed pictures, and damaged ones. Whole files are read back in test/clients.
 */

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const u32 = (value: number) => new Uint8Array([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
const chunk = (type: string, content = '') => concat([u32(content.length), ascii(type + content), u32(0)]);
const png = (...chunks: Uint8Array[]) =>
  concat([ascii('\x89PNG\r\n\x1a\n'), chunk('IHDR', '\0'.repeat(13)), ...chunks, chunk('IEND')]);
const segment = (marker: number, content: string) =>
  concat([new Uint8Array([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]), ascii(content)]);
const jpeg = (...segments: Uint8Array[]) =>
  concat([new Uint8Array([0xff, 0xd8]), ...segments, segment(0xda, '\0'), new Uint8Array([0, 0xff, 0xd9])]);
const riff = (name: string, content: string) =>
  concat([ascii(name), u32(content.length).toReversed(), ascii(content + '\0'.repeat(content.length % 2))]);
const webp = (...chunks: Uint8Array[]) => {
  const body = concat([ascii('WEBP'), ...chunks]);
  return concat([ascii('RIFF'), u32(body.length).toReversed(), body]);
};

const mark = (file: Uint8Array, format: PictureFormat) =>
  concat(marked(file, { format, mediaType: `image/${format}`, width: 4, height: 4 }, 'trainedAlgorithmicMedia'));
const textOf = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const pixels = chunk('IDAT', 'pixels');
const PLAIN: readonly (readonly [PictureFormat, Uint8Array])[] = [
  ['png', png(pixels)],
  ['jpeg', jpeg(segment(0xe0, 'JFIF\0'), segment(0xe1, 'Exif\0\0'))],
  ['webp', webp(riff('VP8L', '\x2f\x03\xc0\0\0xyz'))],
  ['webp', webp(riff('VP8X', '\0'.repeat(10)), riff('VP8 ', 'odd'))],
];

describe('a picture', () => {
  it.each(PLAIN)('is marked once: %s', (format, file) => {
    const once = mark(file, format);
    expect(textOf(once).split('trainedAlgorithmicMedia')).toHaveLength(2);
    expect(mark(once, format)).toEqual(once);
  });

  it.each([
    ['png', 'in front of its pixels', png(chunk('caBX', 'jumb'), pixels)],
    ['png', 'behind its pixels', png(pixels, chunk('caBX', 'jumb'))],
    ['jpeg', 'by boxes', jpeg(segment(0xe0, 'JFIF\0'), segment(0xeb, 'JP\0\x01\0\0\0\x01'))],
    ['webp', 'by a chunk', webp(riff('VP8 ', 'pixels'), riff('C2PA', 'jumb'))],
    [
      'jpeg',
      'elsewhere, as its packet says',
      jpeg(segment(0xe1, `${XMP}<rdf:RDF xmlns:rdf="x"><rdf:Description dcterms:provenance="https://x"/></rdf:RDF>`)),
    ],
  ] as const)('that is signed keeps each byte: %s, %s', (format, _, file) => {
    expect(mark(file, format)).toEqual(file);
  });

  it.each([
    [
      'png',
      'two packets',
      png(...['a', 'b'].map((x) => chunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0<r:RDF>${x}</r:RDF>`)), pixels),
    ],
    ['png', 'a packet that is compressed', png(chunk('iTXt', 'XML:com.adobe.xmp\0\x01\0\0\0zlib'), pixels)],
    ['png', 'no pixels', png()],
    ['jpeg', 'a packet that is no text', jpeg(segment(0xe1, `${XMP}<rdf:RDF >\xff\xfe</rdf:RDF>`))],
    ['jpeg', 'a packet without room', jpeg(segment(0xe1, `${XMP}<r:RDF >${' '.repeat(65_400)}</r:RDF>`))],
    ['webp', 'a chunk that is longer than the file', webp(concat([ascii('VP8 '), u32(99)]))],
    ['gif', 'another format', ascii('GIF89a')],
  ] as const)('in which no reader would find a packet keeps each byte: %s with %s', (format, _, file) => {
    expect(mark(file, format)).toEqual(file);
  });

  it.each(PLAIN)('that ends early keeps each byte, or is marked where readers look: %s', (format, file) => {
    for (let length = 0; length < file.length; length++) {
      const cut = file.subarray(0, length);
      const got = mark(cut, format);
      if (format === 'jpeg' && got.length > cut.length) expect(textOf(cut)).toContain('\xff\xda');
      else expect(got).toEqual(cut);
    }
  });
});

describe('base64 of parts', () => {
  it('is that of all bytes, wherever they are cut', () => {
    const random = randomFrom(7);
    for (let i = 0; i < 300; i++) {
      const bytes = crypto.getRandomValues(new Uint8Array(Math.floor(random() * 20)));
      const cuts = Array.from({ length: 4 }, () => Math.floor(random() * (bytes.length + 1))).toSorted((a, b) => a - b);
      const parts = [0, ...cuts].map((from, at) => bytes.subarray(from, cuts[at]));
      expect([...base64Slices(...parts)].join('')).toBe(bytes.toBase64());
    }
  });
});
