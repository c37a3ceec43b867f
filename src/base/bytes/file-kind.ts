/** Every host decodes these pictures. */
const COMMON_FORMATS = ['png', 'jpeg', 'webp', 'gif'] as const;
export type CommonFormat = (typeof COMMON_FORMATS)[number];
/** A host decodes these pictures only if it says so. */
export const OTHER_FORMATS = ['avif', 'heic', 'tiff', 'bmp'] as const;
export type OtherFormat = (typeof OTHER_FORMATS)[number];
export type PictureFormat = CommonFormat | OtherFormat;

export const isCommonFormat = (kind: string): kind is CommonFormat => COMMON_FORMATS.includes(kind as CommonFormat);
export const isPictureFormat = (kind: string): kind is PictureFormat =>
  isCommonFormat(kind) || OTHER_FORMATS.includes(kind as OtherFormat);

/** What a file is by its first bytes, as far as people send such files where a picture is expected. */
export type FileKind = PictureFormat | 'jxl' | 'jp2' | 'svg' | 'ico' | 'psd' | 'raw' | 'pdf' | 'video' | 'html';

/** How many bytes say what a file is: before `<svg`, an SVG can have a declaration and comments. */
const FILE_KIND_BYTES = 1024;

interface Signature {
  readonly kind: FileKind;
  /** By their places. */
  readonly bytes: Readonly<Record<number, string>>;
}

/**
 * Sources: PNG 5.2; GIF89a 17; RFC 9649 2.4; TIFF 6.0 2; ISO/IEC 18181-2 9.1; ISO/IEC 15444-1 I.5.1; ISO
 * 32000-1 7.5.2.
 */
const SIGNATURES: readonly Signature[] = [
  { kind: 'png', bytes: { 0: '\x89PNG\r\n\x1a\n' } },
  { kind: 'jpeg', bytes: { 0: '\xff\xd8\xff' } },
  { kind: 'webp', bytes: { 0: 'RIFF', 8: 'WEBP' } },
  { kind: 'gif', bytes: { 0: 'GIF87a' } },
  { kind: 'gif', bytes: { 0: 'GIF89a' } },
  // Canon's second raw format is a TIFF with a mark of its own.
  { kind: 'raw', bytes: { 0: 'II*\0', 8: 'CR' } },
  { kind: 'tiff', bytes: { 0: 'II*\0' } },
  { kind: 'tiff', bytes: { 0: 'MM\0*' } },
  { kind: 'tiff', bytes: { 0: 'II+\0' } },
  { kind: 'tiff', bytes: { 0: 'MM\0+' } },
  // Two letters alone could begin a text: the size of the second header is below 256.
  { kind: 'bmp', bytes: { 0: 'BM', 15: '\0\0\0' } },
  { kind: 'jxl', bytes: { 0: '\xff\x0a' } },
  { kind: 'jxl', bytes: { 0: '\0\0\0\x0cJXL \r\n\x87\n' } },
  { kind: 'jp2', bytes: { 0: '\0\0\0\x0cjP  \r\n\x87\n' } },
  { kind: 'jp2', bytes: { 0: '\xff\x4f\xff\x51' } },
  { kind: 'ico', bytes: { 0: '\0\0\x01\0' } },
  { kind: 'psd', bytes: { 0: '8BPS' } },
  { kind: 'raw', bytes: { 0: 'FUJIFILMCCD-RAW' } },
  { kind: 'pdf', bytes: { 0: '%PDF-' } },
  { kind: 'video', bytes: { 0: '\x1a\x45\xdf\xa3' } },
  { kind: 'video', bytes: { 0: 'RIFF', 8: 'AVI ' } },
];
const SVG = /^(\xef\xbb\xbf)?\s*<(svg[\s>]|(\?xml|!--|!doctype svg)[\s\S]*?<svg[\s>])/i;
const HTML = /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)[\s>]/i;

/** @returns undefined if the first bytes are those of none of these files */
export function fileKindOf(bytes: Uint8Array): FileKind | undefined {
  // Not by a decoder: what is called Latin-1 there is Windows-1252, in which 0x89 is another character.
  const head = String.fromCharCode(...bytes.subarray(0, FILE_KIND_BYTES));
  if (head.startsWith('ftyp', 4)) return kindByBrand(head, bytes);
  const has = (signature: Signature) =>
    Object.entries(signature.bytes).every(([at, text]) => head.startsWith(text, Number(at)));
  const found = SIGNATURES.find(has);
  if (found) return found.kind;
  if (SVG.test(head)) return 'svg';
  return HTML.test(head) ? 'html' : undefined;
}

const OF_BRAND: Readonly<Record<string, FileKind>> = {
  avif: 'avif',
  avis: 'avif',
  heic: 'heic',
  heix: 'heic',
  heim: 'heic',
  heis: 'heic',
  hevc: 'heic',
  hevx: 'heic',
  crx: 'raw',
};
/** Says only that a file has pictures; the brands that it is compatible with say which. */
const ANY_PICTURE = /^(mif1|mif2|msf1|miaf|MiHE|MiHB|1pic)$/;

/** Source: ISO/IEC 14496-12, 4.3; ISO/IEC 23008-12, 10; AVIF 6. */
function kindByBrand(head: string, bytes: Uint8Array): FileKind {
  const brandAt = (at: number) => head.slice(at, at + 4);
  const major = brandAt(8);
  const kind = OF_BRAND[major.trim()];
  if (kind) return kind;
  if (!ANY_PICTURE.test(major)) return 'video';
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), head.length);
  for (let at = 16; at + 4 <= end; at += 4) {
    const compatible = OF_BRAND[brandAt(at)];
    if (compatible) return compatible;
  }
  return 'heic';
}
