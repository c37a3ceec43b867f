/** The formats that `decodePicture` decodes, as `GET /v1/models` names them. */
export const DECODED_FORMATS = ['png', 'jpeg', 'webp', 'gif', 'avif', 'heic', 'tiff', 'bmp'] as const;

export type DecodedFormat = (typeof DECODED_FORMATS)[number];

/** Formats that are only told apart, to be refused by name. */
const OTHER_FORMATS = { jxl: 'a JPEG XL picture', svg: 'an SVG drawing', pdf: 'a PDF document', ico: 'an ICO file' };

export type OtherFormat = keyof typeof OTHER_FORMATS;

/** The name of the format in a sentence, with its article. */
export function describeFormat(format: OtherFormat): string {
  return OTHER_FORMATS[format];
}

const starts = (text: string, at = 0) => {
  const wanted = Buffer.from(text, 'latin1');
  return (bytes: Buffer) => bytes.subarray(at, at + wanted.length).equals(wanted);
};

const any =
  (...tests: ((bytes: Buffer) => boolean)[]) =>
  (bytes: Buffer) =>
    tests.some((matches) => matches(bytes));

/**
 * True if the file type box lists one of the brands. iPhones write the brand `heic`, other encoders `mif1`
 * with the codec among the compatible brands (ISO/IEC 23008-12, section 10).
 */
const brand =
  (...wanted: string[]) =>
  (bytes: Buffer) => {
    if (!starts('ftyp', 4)(bytes)) return false;
    const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
    for (let at = 8; at + 4 <= end; at += 4) {
      if (at !== 12 && wanted.includes(bytes.toString('latin1', at, at + 4))) return true;
    }
    return false;
  };

const SIGNATURES: [DecodedFormat | OtherFormat, (bytes: Buffer) => boolean][] = [
  ['png', starts('\x89PNG\r\n\x1a\n')],
  ['jpeg', starts('\xff\xd8\xff')],
  ['gif', any(starts('GIF87a'), starts('GIF89a'))],
  ['webp', (bytes) => starts('RIFF')(bytes) && starts('WEBP', 8)(bytes)],
  ['avif', brand('avif', 'avis')],
  ['heic', brand('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx')],
  ['tiff', any(starts('II*\0'), starts('MM\0*'))],
  ['bmp', starts('BM')],
  ['jxl', any(starts('\xff\x0a'), starts('\0\0\0\x0cJXL \r\n\x87\n'))],
  ['pdf', starts('%PDF-')],
  ['ico', starts('\0\0\x01\0')],
  [
    'svg',
    (bytes) =>
      /^\uFEFF?\s*(<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<svg[\s>]/is.test(bytes.toString('utf8', 0, 1024)),
  ],
];

/** The format that the first bytes say. Undefined if it is none of these. */
export function formatOf(bytes: Buffer): DecodedFormat | OtherFormat | undefined {
  return SIGNATURES.find(([, matches]) => matches(bytes))?.[0];
}
