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
 * Assembles a picture from tiles in any order. With `shrink` 2 each pixel is the mean of 2 x 2 pixels. An odd last row or
 * column is then left out, and tiles must begin at even positions, as those of grids do.
 */
export class Canvas {
  readonly #width: number;
  readonly #height: number;
  readonly #channels: 3 | 4;
  readonly #shrink: 1 | 2;
  readonly #data: Buffer;

  constructor(size: { width: number; height: number }, channels: 3 | 4, shrink: 1 | 2) {
    this.#width = Math.max(1, Math.floor(size.width / shrink));
    this.#height = Math.max(1, Math.floor(size.height / shrink));
    this.#channels = channels;
    this.#shrink = shrink;
    this.#data = Buffer.alloc(this.#width * this.#height * channels);
  }

  add(tile: Tile): void {
    const [shrink, channels] = [this.#shrink, this.#channels];
    const [left, top] = [Math.ceil(tile.x / shrink), Math.ceil(tile.y / shrink)];
    const right = Math.min(this.#width, Math.floor((tile.x + tile.width) / shrink));
    const bottom = Math.min(this.#height, Math.floor((tile.y + tile.height) / shrink));
    for (let y = Math.max(0, top); y < bottom; y++) {
      const row = (y * shrink - tile.y) * tile.stride;
      for (let x = Math.max(0, left); x < right; x++) {
        const from = row + (x * shrink - tile.x) * channels;
        const to = (y * this.#width + x) * channels;
        for (let i = 0; i < channels; i++) this.#data[to + i] = this.#mean(tile, from + i);
      }
    }
  }

  #mean({ pixels, stride }: Tile, at: number): number {
    const pixel = (offset: number) => pixels[at + offset] as number;
    if (this.#shrink === 1) return pixel(0);
    const right = this.#channels;
    return (pixel(0) + pixel(right) + pixel(stride) + pixel(stride + right) + 2) >> 2;
  }

  picture(): RawPicture {
    return { width: this.#width, height: this.#height, channels: this.#channels, data: this.#data };
  }
}
