import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Pixels, photo, pipeline } from './drawings.ts';

/** Sides of a tile, as in the files of iPhones. */
export const TILE = 512;
/**
 * The grid that `tiles.heic` has the tiles of. The last column and row are cut, as 4,032 x 3,024 pixels are.
 */
export const TILED = { columns: 2, rows: 2, width: 1000, height: 700 };

let painted: Pixels | undefined;

/** What the tiles show. */
export function tiledPhoto(): Pixels {
  painted ??= photo(TILED.width, TILED.height);
  return painted;
}

export interface Transforms {
  /** Another grid, in which the tiles repeat. */
  grid?: typeof TILED;
  /** Quarter turns against the clock. iPhones save what the sensor sees, and 3 for a portrait. */
  rotation?: 0 | 1 | 2 | 3;
  /** Exchanges left and right, or top and bottom, after the rotation. */
  mirror?: 'left-right' | 'top-bottom';
  /**
   * The part that is shown, before the rotation. Whole numbers whose center is that of a pixel or between
   * two.
   */
  crop?: { left: number; top: number; width: number; height: number };
  /** The colors of the tiles: an ICC profile, as iPhones write, or the numbers of ITU-T H.273. */
  color?: Buffer | { primaries: number; transfer: number; matrix: number };
}

/** The ICC profile of iPhones' colors. */
export async function displayP3(): Promise<Buffer> {
  const { icc } = await sharp(await pipeline(photo(1, 1)).withIccProfile('p3').png().toBuffer()).metadata();
  return icc as Buffer;
}

/**
 * A HEIC picture in tiles as iPhones save them: hidden items `hvc1` of 512 x 512 pixels, which an item `grid`
 * assembles, turns and cuts; and EXIF that says how the camera was held, which readers of HEIC must ignore.
 * Source: ISO/IEC 23008-12, 6.5, 6.6.2.3 and A.2.1; ISO/IEC 14496-12, 8.11
 */
export function tiledHeic({ grid: size = TILED, rotation, mirror, crop, color }: Transforms = {}): Buffer {
  const { hvcC, coded } = readTiles();
  const tiles = Array.from({ length: size.columns * size.rows }, (_, i) => coded[i % coded.length] as Buffer);
  const ids = tiles.map((_, i) => i + 1);
  const [grid, exif] = [tiles.length + 1, tiles.length + 2];
  const properties: Buffer[] = [];
  /** Its place, from 1 on. Transforms and the decoder's configuration are essential. */
  const add = (property: Buffer | false | undefined, flag = 0) => (property ? [properties.push(property) | flag] : []);
  const configuration = add(hvcC, ESSENTIAL);
  const colors = add(color && colorBox(color));
  const ofTile = [...configuration, ...add(fullBox('ispe', 0, 0, u32(TILE), u32(TILE))), ...colors];
  const ofGrid = [
    ...add(fullBox('ispe', 0, 0, u32(size.width), u32(size.height))),
    ...colors,
    ...add(crop && cropBox(crop, size), ESSENTIAL),
    ...add(rotation !== undefined && box('irot', u8(rotation)), ESSENTIAL),
    ...add(mirror && box('imir', u8(mirror === 'left-right' ? 1 : 0)), ESSENTIAL),
  ];
  const associations = [...ids.map((id) => [id, ofTile] as const), [grid, ofGrid] as const].map(([id, places]) =>
    Buffer.concat([u16(id), u8(places.length, ...places)]),
  );
  const layout = Buffer.concat([u8(0, 0, size.rows - 1, size.columns - 1), u16(size.width), u16(size.height)]);
  const infos = [
    ...ids.map((id) => itemInfo(id, 'hvc1', HIDDEN)),
    itemInfo(grid, 'grid', 0),
    itemInfo(exif, 'Exif', HIDDEN),
  ];
  const stored = [...tiles, EXIF];
  const metaOf = (first: number) => {
    let offset = first;
    const locations = stored.map((bytes, i) => {
      const location = itemLocation(i < tiles.length ? (ids[i] as number) : exif, IN_FILE, offset, bytes.length);
      offset += bytes.length;
      return location;
    });
    const places = [...locations, itemLocation(grid, IN_META, 0, layout.length)];
    return fullBox(
      'meta',
      0,
      0,
      fullBox('hdlr', 0, 0, u32(0), Buffer.from('pict'), Buffer.alloc(13)),
      fullBox('pitm', 0, 0, u16(grid)),
      fullBox('iloc', 1, 0, u8(0x44, 0), u16(places.length), ...places),
      fullBox('iinf', 0, 0, u16(infos.length), ...infos),
      fullBox('iref', 0, 0, reference('dimg', grid, ids), reference('cdsc', exif, [grid])),
      box('iprp', box('ipco', ...properties), fullBox('ipma', 0, 0, u32(associations.length), ...associations)),
      box('idat', layout),
    );
  };
  const type = box('ftyp', Buffer.from('heic'), u32(0), Buffer.from('mif1MiHEmiafheic'));
  // The length of the box does not depend on the offsets that it has.
  const head = type.length + metaOf(0).length + 8;
  return Buffer.concat([type, metaOf(head), box('mdat', ...stored)]);
}

const [ESSENTIAL, HIDDEN] = [0x80, 1];
const [IN_FILE, IN_META] = [0, 1];

/** A TIFF of one entry: orientation 6, "turn it right". Four bytes before it say where it begins. */
const EXIF = Buffer.concat([u32(0), Buffer.from('4d4d002a00000008000101120003000000010006000000000000', 'hex')]);

/** The decoder's configuration, which all have in common, and the coded tiles. */
function readTiles(): { hvcC: Buffer; coded: Buffer[] } {
  const file = readFileSync(join(import.meta.dirname, 'tiles.heic'));
  const configuration = file.indexOf('hvcC') - 4;
  const hvcC = file.subarray(configuration, configuration + file.readUInt32BE(configuration));
  // `iloc` as heif-enc writes it: version 0, each item one extent at its base offset, 18 bytes an entry.
  const entries = file.indexOf('iloc') + 12;
  const count = file.readUInt16BE(entries - 2);
  const coded = Array.from({ length: count }, (_, i) => {
    const offset = file.readUInt32BE(entries + i * 18 + 4);
    return file.subarray(offset, offset + file.readUInt32BE(entries + i * 18 + 14));
  });
  return { hvcC, coded };
}

function colorBox(color: NonNullable<Transforms['color']>): Buffer {
  if (Buffer.isBuffer(color)) return box('colr', Buffer.from('prof'), color);
  const numbers = [color.primaries, color.transfer, color.matrix].map(u16);
  return box('colr', Buffer.from('nclx'), ...numbers, u8(0x80));
}

/** The size, and the distance of the center from that of the picture, as fractions. */
function cropBox({ left, top, width, height }: NonNullable<Transforms['crop']>, size: typeof TILED): Buffer {
  const [x, y] = [2 * left + width - size.width, 2 * top + height - size.height];
  return box('clap', ...[width, 1, height, 1, x, 2, y, 2].map(u32));
}

function itemInfo(id: number, type: string, flags: number): Buffer {
  return fullBox('infe', 2, flags, u16(id), u16(0), Buffer.from(`${type}\0`));
}

function itemLocation(id: number, method: number, offset: number, length: number): Buffer {
  return Buffer.concat([u16(id), u16(method), u16(0), u16(1), u32(offset), u32(length)]);
}

function reference(type: string, from: number, to: number[]): Buffer {
  return box(type, u16(from), u16(to.length), ...to.map(u16));
}

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type), body]);
}

function fullBox(type: string, version: number, flags: number, ...content: Buffer[]): Buffer {
  return box(type, u8(version, 0, 0, flags), ...content);
}

function u8(...values: number[]): Buffer {
  return Buffer.from(values);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
