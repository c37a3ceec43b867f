import type { Shrink } from './limits.ts';
import type { RawPicture } from './raw.ts';

export interface Tile {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Bytes from one row to the next. */
  stride: number;
  pixels: Uint8Array;
}

/**
 * Assembles a picture from tiles in any order. Each pixel is the mean of `shrink` x `shrink` pixels, which
 * can lie in several tiles. A rest at the right or the bottom is left out.
 */
export class Canvas {
  readonly #width: number;
  readonly #height: number;
  readonly #channels: 3 | 4;
  readonly #shrink: Shrink;
  /** The sums of the pixels: of 16 of them, at most 4,080. */
  readonly #sums: Uint8Array | Uint16Array;

  constructor(size: { width: number; height: number }, channels: 3 | 4, shrink: Shrink) {
    this.#width = Math.max(1, Math.floor(size.width / shrink));
    this.#height = Math.max(1, Math.floor(size.height / shrink));
    this.#channels = channels;
    this.#shrink = shrink;
    const length = this.#width * this.#height * channels;
    this.#sums = shrink === 1 ? new Uint8Array(length) : new Uint16Array(length);
  }

  /**
   * The tile lies at `x`, `y` of the picture before it is made smaller. What is beside the picture is left
   * out.
   */
  add(tile: Tile): void {
    const [shrink, channels, sums] = [this.#shrink, this.#channels, this.#sums];
    const left = Math.max(0, -tile.x);
    const right = Math.min(tile.width, this.#width * shrink - tile.x);
    const bottom = Math.min(tile.height, this.#height * shrink - tile.y);
    for (let y = Math.max(0, -tile.y); y < bottom; y++) {
      const row = Math.floor((tile.y + y) / shrink) * this.#width;
      for (let x = left; x < right; x++) {
        const from = y * tile.stride + x * channels;
        const to = (row + Math.floor((tile.x + x) / shrink)) * channels;
        for (let i = 0; i < channels; i++) sums[to + i] = (sums[to + i] as number) + (tile.pixels[from + i] as number);
      }
    }
  }

  picture(): RawPicture {
    const [count, sums] = [this.#shrink ** 2, this.#sums];
    const data = count === 1 ? Buffer.from(sums.buffer) : Buffer.alloc(sums.length);
    if (count > 1)
      for (let i = 0; i < sums.length; i++) data[i] = Math.floor(((sums[i] as number) + count / 2) / count);
    return { width: this.#width, height: this.#height, channels: this.#channels, data };
  }
}
