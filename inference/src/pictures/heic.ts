import { ApiError } from '../errors.ts';
import { Canvas } from './canvas.ts';
import { readTransforms } from './heic-transforms.ts';
import { checkWholeHeic } from './held.ts';
import { CHANNEL, INTERLEAVED, libheif, RGB } from './libheif.ts';
import { checkSize, shrinkFor } from './limits.ts';
import { type Primaries, primariesIn } from './primaries.ts';
import type { RawPicture } from './raw.ts';

/** Bytes of the structs `heif_error` and `heif_image_tiling`, rounded up, and of a pointer. */
const [ERROR, TILING, POINTER] = [16, 96, 8];
/** The place of `ignore_transformations` in `heif_decoding_options`. */
const IGNORE_TRANSFORMS = 1;
/** Places in `heif_color_profile_nclx`. */
const [PRIMARIES, TRANSFER] = [4, 8];

/**
 * Decodes the primary picture of a HEIC file, cut as the file says, and with the orientation that it says.
 * Phones store pictures in tiles of 512 x 512 pixels; one tile at a time is decoded and, for a large picture,
 * made smaller, so that memory is bounded. It takes seconds of CPU for a photograph: run it outside of the
 * main thread.
 * @throws ApiError `invalid_picture`
 */
export function decodeHeic(bytes: Uint8Array): RawPicture {
  const heif = libheif();
  const free: (() => void)[] = [];
  const allocate = (size: number) => {
    const pointer = heif._malloc(size);
    if (pointer === 0) throw new ApiError('invalid_picture', 'The HEIC picture needs too much memory.');
    free.push(() => heif._free(pointer));
    return pointer;
  };
  try {
    const scratch = allocate(ERROR + TILING + POINTER);
    const [error, tiling, pointer] = [scratch, scratch + ERROR, scratch + ERROR + TILING];
    const u32 = (at: number) => new DataView(heif.HEAPU8.buffer).getUint32(at, true);
    const check = () => {
      if (u32(error) !== 0)
        throw new ApiError('invalid_picture', 'The HEIC picture could not be decoded: it is damaged or cut off.');
    };

    const file = allocate(bytes.length);
    heif.HEAPU8.set(bytes, file);
    const context = heif._heif_context_alloc();
    free.push(() => heif._heif_context_free(context));
    heif._heif_context_read_from_memory_without_copy(error, context, file, bytes.length, 0);
    check();
    heif._heif_context_get_primary_image_handle(error, context, pointer);
    check();
    const handle = u32(pointer);
    free.push(() => heif._heif_image_handle_release(handle));
    checkSize(heif._heif_image_handle_get_width(handle), heif._heif_image_handle_get_height(handle));

    heif._heif_image_handle_get_image_tiling(error, handle, 0, tiling);
    check();
    const grid = { columns: u32(tiling + 4), rows: u32(tiling + 8), width: u32(tiling + 12), height: u32(tiling + 16) };
    const size = { width: u32(tiling + 20), height: u32(tiling + 24) };
    checkSize(size.width, size.height);
    const channels = heif._heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
    // A tile that is decoded alone comes without its transparency, which has tiles of its own.
    const isWhole = channels === 4 || grid.columns * grid.rows === 1;
    if (isWhole) checkWholeHeic(size);

    const item = heif._heif_image_handle_get_item_id(handle);
    const { crop, orientation } = readTransforms(heif, { context, item, scratch: tiling }, size);
    const options = heif._heif_decoding_options_alloc();
    free.push(() => heif._heif_decoding_options_free(options));
    heif.HEAPU8[options + IGNORE_TRANSFORMS] = 1;
    const canvas = new Canvas(crop, channels, shrinkFor(crop.width, crop.height));
    const add = (x: number, y: number) => {
      check();
      const tile = u32(pointer);
      const plane = heif._heif_image_get_plane_readonly(tile, CHANNEL, error);
      canvas.add({
        x: x - crop.left,
        y: y - crop.top,
        width: heif._heif_image_get_width(tile, CHANNEL),
        height: heif._heif_image_get_height(tile, CHANNEL),
        stride: u32(error),
        pixels: heif.HEAPU8.subarray(plane),
      });
      heif._heif_image_release(tile);
    };
    const chroma = INTERLEAVED[channels];
    if (isWhole) {
      heif._heif_decode_image(error, handle, pointer, RGB, chroma, options);
      add(0, 0);
    } else {
      for (let row = 0; row < grid.rows; row++) {
        for (let column = 0; column < grid.columns; column++) {
          heif._heif_image_handle_decode_image_tile(error, handle, pointer, RGB, chroma, options, column, row);
          add(column * grid.width, row * grid.height);
        }
      }
    }

    const profileSize = heif._heif_image_handle_get_raw_color_profile_size(handle);
    let profile: Buffer | undefined;
    let primaries: Primaries | undefined;
    if (profileSize > 0) {
      const out = allocate(profileSize);
      heif._heif_image_handle_get_raw_color_profile(error, handle, out);
      check();
      profile = Buffer.from(heif.HEAPU8.subarray(out, out + profileSize));
    } else {
      heif._heif_image_handle_get_nclx_color_profile(error, handle, pointer);
      // An error says that there is none.
      if (u32(error) === 0) {
        const numbers = u32(pointer);
        primaries = primariesIn(u32(numbers + PRIMARIES), u32(numbers + TRANSFER));
        heif._heif_nclx_color_profile_free(numbers);
      }
    }
    return { ...canvas.picture(), profile, primaries, orientation };
  } finally {
    for (const release of free.reverse()) release();
  }
}
