import { createRequire } from 'node:module';
import { ApiError } from '../errors.ts';
import { Canvas } from './canvas.ts';
import { checkSize, checkWholeSize, shrinkFor } from './limits.ts';
import type { RawPicture } from './raw.ts';

/**
 * The part of libheif's C interface that is used. Pointers are numbers; a result of type `heif_error` is
 * written to the first one.
 */
interface Libheif {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _heif_context_alloc(): number;
  _heif_context_free(context: number): void;
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    data: number,
    size: number,
    options: number,
  ): void;
  _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void;
  _heif_image_handle_release(handle: number): void;
  _heif_image_handle_get_width(handle: number): number;
  _heif_image_handle_get_height(handle: number): number;
  _heif_image_handle_has_alpha_channel(handle: number): number;
  _heif_image_handle_get_raw_color_profile_size(handle: number): number;
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, out: number): void;
  _heif_image_handle_get_image_tiling(error: number, handle: number, transformed: number, out: number): void;
  _heif_image_handle_decode_image_tile(
    error: number,
    handle: number,
    out: number,
    colorspace: number,
    chroma: number,
    options: number,
    x: number,
    y: number,
  ): void;
  _heif_image_release(image: number): void;
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_get_plane_readonly(image: number, channel: number, stride: number): number;
}

/** libheif.h: colorspace RGB, 8 bits interleaved without and with transparency, the interleaved channel. */
const RGB = 1;
const INTERLEAVED = { 3: 10, 4: 11 } as const;
const CHANNEL = 10;
/** Bytes of the structs `heif_error` and `heif_image_tiling`, rounded up, and of a pointer. */
const [ERROR, TILING, POINTER] = [16, 96, 8];

/**
 * Decodes the primary picture of a HEIC file, turned as the file says. Phones store pictures in tiles of 512
 * x 512 pixels; one tile at a time is decoded and, for a large picture, made smaller, so that memory is
 * bounded. It takes seconds of CPU for a photograph: run it outside of the main thread.
 * @throws ApiError `invalid_picture`
 */
export function decodeHeic(bytes: Uint8Array): RawPicture {
  const heif = load();
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

    heif._heif_image_handle_get_image_tiling(error, handle, 1, tiling);
    check();
    const grid = { columns: u32(tiling + 4), rows: u32(tiling + 8), width: u32(tiling + 12), height: u32(tiling + 16) };
    const [width, height] = [u32(tiling + 20), u32(tiling + 24)];
    const [left, top] = [u32(tiling + 32), u32(tiling + 28)];
    checkSize(width, height);
    if (grid.columns * grid.rows === 1) checkWholeSize('HEIC', width, height);

    const channels = heif._heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
    const canvas = new Canvas({ width, height }, channels, shrinkFor(width, height));
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) {
        heif._heif_image_handle_decode_image_tile(error, handle, pointer, RGB, INTERLEAVED[channels], 0, column, row);
        check();
        const tile = u32(pointer);
        const plane = heif._heif_image_get_plane_readonly(tile, CHANNEL, error);
        canvas.add({
          x: column * grid.width - left,
          y: row * grid.height - top,
          width: heif._heif_image_get_width(tile, CHANNEL),
          height: heif._heif_image_get_height(tile, CHANNEL),
          stride: u32(error),
          pixels: heif.HEAPU8.subarray(plane),
        });
        heif._heif_image_release(tile);
      }
    }
    const profileSize = heif._heif_image_handle_get_raw_color_profile_size(handle);
    let profile: Buffer | undefined;
    if (profileSize > 0) {
      const out = allocate(profileSize);
      heif._heif_image_handle_get_raw_color_profile(error, handle, out);
      check();
      profile = Buffer.from(heif.HEAPU8.subarray(out, out + profileSize));
    }
    return { ...canvas.picture(), profile };
  } finally {
    for (const release of free.reverse()) release();
  }
}

let loaded: Libheif | undefined;

function load(): Libheif {
  loaded ??= createRequire(import.meta.url)('libheif-js/libheif-wasm/libheif-bundle.js')() as Libheif;
  return loaded;
}
