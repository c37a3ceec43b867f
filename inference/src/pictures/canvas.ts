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
 * Assembles a picture from tiles in any order. Each pixel is the mean of `shrink` x `shrink` pixels. A rest
 * at the right or the bottom is left out, and so are pixels that lie in two tiles: those of phones have sides
 * of 512.
 */
export class Canvas {
  readonly #width: number;
  readonly #height: number;
  readonly #channels: 3 | 4;
  readonly #shrink: Shrink;
  readonly #data: Buffer;

  constructor(size: { width: number; height: number }, channels: 3 | 4, shrink: Shrink) {
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
    const shrink = this.#shrink;
    if (shrink === 1) return pixels[at] as number;
    let sum = (shrink * shrink) / 2;
    for (let y = 0; y < shrink; y++) {
      for (let x = 0; x < shrink; x++) sum += pixels[at + y * stride + x * this.#channels] as number;
    }
    return Math.floor(sum / (shrink * shrink));
  }

  picture(): RawPicture {
    return { width: this.#width, height: this.#height, channels: this.#channels, data: this.#data };
  }
}
