import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANIMATED } from './animated.ts';
import { DAMAGED } from './damaged.ts';
import { checkerboard, icon, photo, pipeline, stripes, textPage, zonePlate } from './drawings.ts';
import { displayP3, tiledHeic } from './heic.ts';
import { type PictureFile, row } from './picture-file.ts';
import { TRANSPARENT } from './transparent.ts';
import { bmp, grey16Png, ico, withNumbers } from './writers.ts';

export type { Format, PictureFile } from './picture-file.ts';

const scene = () => pipeline(photo(192, 128));
const stored = (name: string) => readFileSync(join(import.meta.dirname, name));

/** What cameras, phones and browsers write. */
const PLAIN: PictureFile[] = [
  row('photograph as JPEG', 'jpeg', () => scene().jpeg({ quality: 90 }).toBuffer()),
  row('photograph as progressive JPEG', 'jpeg', () => scene().jpeg({ quality: 85, progressive: true }).toBuffer()),
  row('photograph as JPEG with full colors', 'jpeg', () =>
    scene().jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer(),
  ),
  row('grey JPEG', 'jpeg', () => scene().toColourspace('b-w').jpeg().toBuffer()),
  row('JPEG for print, in CMYK', 'jpeg', () => scene().toColourspace('cmyk').jpeg({ quality: 92 }).toBuffer()),
  ...[2, 3, 4, 5, 6, 7, 8].map((orientation) =>
    row(`JPEG with EXIF orientation ${orientation}`, 'jpeg', () =>
      scene().withMetadata({ orientation }).jpeg().toBuffer(),
    ),
  ),
  row('JPEG with a Display P3 profile', 'jpeg', () => scene().withIccProfile('p3').jpeg({ quality: 92 }).toBuffer()),
  row('photograph as PNG', 'png', () => scene().png().toBuffer()),
  row('interlaced PNG', 'png', () => scene().png({ progressive: true }).toBuffer()),
  row('PNG of 256 colors', 'png', () => scene().png({ palette: true }).toBuffer()),
  row('PNG of two colors', 'png', () => pipeline(textPage(200, 150)).png({ palette: true, colours: 2 }).toBuffer()),
  row('grey PNG', 'png', () => scene().toColourspace('b-w').png().toBuffer()),
  row('grey PNG of 16 bits', 'png', () => grey16Png(120, 90, (x, y) => ((x * 65_535) / 119 + y * 300) & 0xffff)),
  row('PNG of 16 bits', 'png', () => scene().toColourspace('rgb16').png().toBuffer()),
  row('PNG of 16 bits with a Display P3 profile', 'png', () =>
    scene().toColourspace('rgb16').withIccProfile('p3').png().toBuffer(),
  ),
  row('photograph as WebP', 'webp', () => scene().webp({ quality: 85 }).toBuffer()),
  row('WebP without loss', 'webp', () => scene().webp({ lossless: true }).toBuffer()),
  row('WebP with EXIF orientation 6', 'webp', () => scene().withMetadata({ orientation: 6 }).webp().toBuffer()),
  row('photograph as AVIF', 'avif', () => scene().avif({ quality: 70 }).toBuffer()),
  ...(['Display P3', 'BT.2020'] as const).map((colors) =>
    row(`AVIF in ${colors} by its numbers`, 'avif', async () =>
      withNumbers(await scene().avif({ quality: 70 }).toBuffer(), colors === 'Display P3' ? 12 : 9),
    ),
  ),
  row('photograph as TIFF', 'tiff', () => scene().tiff({ compression: 'lzw' }).toBuffer()),
  row('photograph as BMP', 'bmp', () => bmp(photo(101, 67))),
  row('photograph as HEIC', 'heic', () => stored('photo.heic')),
  row('HEIC in tiles, a portrait in Display P3 as iPhones save it', 'heic', async () =>
    tiledHeic({ rotation: 3, color: await displayP3() }),
  ),
  row('zone plate', 'png', () => pipeline(zonePlate(300)).png().toBuffer()),
  row('checkerboard', 'png', () => pipeline(checkerboard(301, 301)).png().toBuffer()),
  row('page of text', 'png', () => pipeline(textPage(496, 702)).png().toBuffer()),
  row('stripes', 'png', () => pipeline(stripes(240, 160)).png().toBuffer()),
  row('one pixel', 'png', () => pipeline(photo(1, 1)).png().toBuffer()),
  row('red disc on yellow', 'png', () =>
    pipeline(icon('disc', 100, { ink: [210, 30, 30], ground: [250, 220, 60] }))
      .png()
      .toBuffer(),
  ),
];

/** A `ftyp` box: the first bytes by which ISO media files (HEIC, AVIF) are told apart. */
const ftyp = (brand: string) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from(`ftyp${brand}`),
    Buffer.alloc(4),
    Buffer.from(`mif1${brand}`),
  ]);

/** Formats that no model decodes: only their first bytes matter. */
const OTHER: PictureFile[] = [
  row('JPEG XL, codestream', 'jxl', () => Buffer.from([0xff, 0x0a, ...Array(64).fill(0x2a)]), 'other'),
  row(
    'JPEG XL, container',
    'jxl',
    () => Buffer.concat([Buffer.from([0, 0, 0, 12]), Buffer.from('JXL \r\n\x87\n', 'latin1'), Buffer.alloc(64)]),
    'other',
  ),
  row('SVG', 'svg', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'other'),
  row(
    'SVG with a declaration',
    'svg',
    () => Buffer.from('<?xml version="1.0"?>\n<!-- icon -->\n<svg width="9"/>'),
    'other',
  ),
  row('PDF', 'pdf', () => Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n'), 'other'),
  row('ICO of a PNG', 'ico', async () => ico(await pipeline(icon('disc', 32)).png().toBuffer(), 32), 'other'),
  row('HEIC that breaks off after its first box', 'heic', () => ftyp('heic'), 'damaged'),
  row('AVIF that breaks off after its first box', 'avif', () => ftyp('avif'), 'damaged'),
];

/** Every file of the table. Names are unique. */
export const FILES: PictureFile[] = [...PLAIN, ...TRANSPARENT, ...ANIMATED, ...DAMAGED, ...OTHER];

/** The file with this name. @throws Error if the table does not have it. */
export function file(name: string): PictureFile {
  const found = FILES.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`No file is named "${name}".`);
  return found;
}
