import sharp from 'sharp';
import { beside } from './alone.ts';
import { formatOf } from './formats.ts';
import { MAX_PIXELS } from './limits.ts';

/**
 * Limits how many pixels are decoded at the same time, so that memory is bounded by one picture of the
 * maximum size. Pictures start in the order of arrival.
 */
class PixelBudget {
  readonly #limit: number;
  #used = 0;
  #waiting: { pixels: number; start: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(pixels: number, task: () => Promise<T>): Promise<T> {
    const share = Math.min(pixels, this.#limit);
    await new Promise<void>((start) => {
      this.#waiting.push({ pixels: share, start });
      this.#startNext();
    });
    try {
      return await task();
    } finally {
      this.#used -= share;
      this.#startNext();
    }
  }

  #startNext(): void {
    for (let next = this.#waiting[0]; next && this.#used + next.pixels <= this.#limit; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#used += next.pixels;
      next.start();
    }
  }
}

/** One for the process: all models share its memory. */
const budget = new PixelBudget(MAX_PIXELS);

/** Runs `task`, which decodes `file`, when few enough pixels are being decoded. */
export async function withinBudget<T>(file: Uint8Array, task: () => Promise<T>): Promise<T> {
  return budget.run(await pixelsOf(file), task);
}

/**
 * HEIC counts as the largest picture: sharp does not read its size. A file that sharp cannot read fails when
 * it is decoded.
 */
async function pixelsOf(file: Uint8Array): Promise<number> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const format = formatOf(bytes);
  if (format === 'heic') return MAX_PIXELS;
  if (format === 'bmp') return bytes.length / 3;
  const read = () => sharp(bytes, { limitInputPixels: false }).metadata();
  const { width = 0, height = 0 } = await beside(read).catch(() => ({}) as never);
  return width * height;
}
