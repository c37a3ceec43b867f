import type { Libheif } from './libheif.ts';

/** What a file says to do with its decoded pixels: cut first, then turn. */
export interface HeicTransforms {
  crop: { left: number; top: number; width: number; height: number };
  /** As in EXIF, 1 to 8. */
  orientation: number;
}

/** EXIF's numbers, by the quarter turns with the clock that follow an exchange of left and right, if any. */
const ORIENTATIONS = { plain: [1, 6, 3, 8], mirrored: [2, 7, 4, 5] } as const;
const [CROP, ROTATION, MIRROR] = ['clap', 'irot', 'imir'].map((type) => Buffer.from(type).readUInt32BE());
/** libheif.h: `heif_transform_mirror_direction`. */
const LEFT_RIGHT = 1;
/** The standard allows one of each. */
const MOST = 8;

/**
 * Reads the transforms of a picture of `width` x `height` pixels, in the order of the file. libheif can apply
 * them to each tile, but says wrong places of the tiles then, if the grid is larger than the picture
 * (1.23.2).
 *
 * @param scratch memory for `MOST` numbers of 32 bits
 */
export function readTransforms(
  heif: Libheif,
  { context, item, scratch }: { context: number; item: number; scratch: number },
  { width, height }: { width: number; height: number },
): HeicTransforms {
  const int = (at: number) => new DataView(heif.HEAPU8.buffer).getInt32(scratch + 4 * at, true);
  const count = heif._heif_item_get_transformation_properties(context, item, scratch, MOST);
  const properties = Array.from({ length: count }, (_, i) => int(i));
  let crop = { left: 0, top: 0, width, height };
  let [turns, isMirrored] = [0, false];
  for (const property of properties) {
    const type = heif._heif_item_get_property_type(context, item, property) >>> 0;
    if (type === CROP) {
      const borders = [0, 1, 2, 3].map((i) => scratch + 4 * i) as [number, number, number, number];
      heif._heif_item_get_property_transform_crop_borders(context, item, property, width, height, ...borders);
      const [left, top, right, bottom] = [0, 1, 2, 3].map((i) => Math.max(0, int(i))) as typeof borders;
      crop = { left, top, width: Math.max(1, width - left - right), height: Math.max(1, height - top - bottom) };
    } else if (type === ROTATION) {
      turns -= heif._heif_item_get_property_transform_rotation_ccw(context, item, property) / 90;
    } else if (type === MIRROR) {
      const isLeftRight = heif._heif_item_get_property_transform_mirror(context, item, property) === LEFT_RIGHT;
      turns = (isLeftRight ? 0 : 2) - turns;
      isMirrored = !isMirrored;
    }
  }
  const orientations = ORIENTATIONS[isMirrored ? 'mirrored' : 'plain'];
  return { crop, orientation: orientations[((turns % 4) + 4) % 4] as number };
}
