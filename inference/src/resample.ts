/**
 * Pillow's resampling of pixels of 8 bits, bit for bit (`src/libImaging/Resample.c`): a horizontal and a
 * vertical pass, each filtered over the whole area that a pixel of the result covers, with weights in fixed
 * point. The published vision models were trained on pictures that were resized so.
 */

/** Numbered as `resample` in `preprocessor_config.json`: Pillow's constants. */
export const FILTERS = { nearest: 0, lanczos: 1, bilinear: 2, bicubic: 3, box: 4, hamming: 5 } as const;

interface Kernel {
  support: number;
  weight: (x: number) => number;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

const KERNELS: Record<number, Kernel> = {
  [FILTERS.lanczos]: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  [FILTERS.bilinear]: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  [FILTERS.bicubic]: { support: 2, weight: (x) => bicubic(Math.abs(x)) },
  [FILTERS.box]: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  [FILTERS.hamming]: { support: 1, weight: (x) => hamming(Math.abs(x)) },
};

/** Keys' cubic with a = -0.5. */
function bicubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** Pillow has these two constants in single precision. */
const [HAMMING_MEAN, HAMMING_SWING] = [Math.fround(0.54), Math.fround(0.46)];

function hamming(x: number): number {
  if (x === 0) return 1;
  return x < 1 ? sinc(x) * (HAMMING_MEAN + HAMMING_SWING * Math.cos(x * Math.PI)) : 0;
}

/** Bits after the point: sums of 8-bit pixels and weights up to 2 then fit into 32 bits. */
const PRECISION = 22;

interface Weights {
  /** First source pixel and number of source pixels of each pixel of the result. */
  first: Int32Array;
  count: Int32Array;
  values: Int32Array;
  /** Entries of `values` per pixel of the result. */
  stride: number;
}

function weightsOf(from: number, to: number, { support, weight }: Kernel): Weights {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const reach = support * filterScale;
  const stride = Math.ceil(reach) * 2 + 1;
  const weights = { first: new Int32Array(to), count: new Int32Array(to), values: new Int32Array(to * stride), stride };
  const exact = new Float64Array(stride);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - reach + 0.5));
    const count = Math.min(from, Math.trunc(center + reach + 0.5)) - first;
    let sum = 0;
    for (let j = 0; j < count; j++) {
      exact[j] = weight((j + first - center + 0.5) * (1 / filterScale));
      sum += exact[j] as number;
    }
    for (let j = 0; j < count; j++) {
      const share = sum === 0 ? (exact[j] as number) : (exact[j] as number) / sum;
      weights.values[i * stride + j] = Math.trunc((share < 0 ? -0.5 : 0.5) + share * 2 ** PRECISION);
    }
    weights.first[i] = first;
    weights.count[i] = count;
  }
  return weights;
}

export interface Rgb {
  width: number;
  height: number;
  /** height x width x 3 bytes, row by row. */
  rgb: Uint8Array;
}

/** @throws RangeError if Pillow has no filter of this number. */
export function resample(picture: Rgb, width: number, height: number, filter: number): Rgb {
  if (picture.width === width && picture.height === height) return picture;
  if (filter === FILTERS.nearest) return nearest(picture, width, height);
  const kernel = KERNELS[filter];
  if (!kernel) throw new RangeError(`There is no resampling filter ${filter}.`);
  let result = picture;
  if (result.width !== width) result = horizontal(result, width, weightsOf(result.width, width, kernel));
  if (result.height !== height) result = vertical(result, height, weightsOf(result.height, height, kernel));
  return result;
}

const HALF = 1 << (PRECISION - 1);

function horizontal(source: Rgb, width: number, { first, count, values, stride }: Weights): Rgb {
  const { height, rgb } = source;
  const result = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      let [r, g, b] = [HALF, HALF, HALF];
      let from = (y * source.width + (first[x] as number)) * 3;
      const end = x * stride + (count[x] as number);
      for (let k = x * stride; k < end; k++, from += 3) {
        const weight = values[k] as number;
        r += (rgb[from] as number) * weight;
        g += (rgb[from + 1] as number) * weight;
        b += (rgb[from + 2] as number) * weight;
      }
      result[to] = r >> PRECISION;
      result[to + 1] = g >> PRECISION;
      result[to + 2] = b >> PRECISION;
    }
  }
  return { width, height, rgb: new Uint8Array(result.buffer) };
}

function vertical(source: Rgb, height: number, { first, count, values, stride }: Weights): Rgb {
  const { width, rgb } = source;
  const row = width * 3;
  const result = new Uint8ClampedArray(row * height);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let j = 0; j < (count[y] as number); j++) {
      const weight = values[y * stride + j] as number;
      const from = ((first[y] as number) + j) * row;
      for (let i = 0; i < row; i++) sums[i] = (sums[i] as number) + (rgb[from + i] as number) * weight;
    }
    for (let i = 0; i < row; i++) result[y * row + i] = (sums[i] as number) >> PRECISION;
  }
  return { width, height, rgb: new Uint8Array(result.buffer) };
}

/** Pillow steps through the source with a running sum, whose rounding is kept here. */
function nearest(source: Rgb, width: number, height: number): Rgb {
  const columns = steps(source.width, width);
  const rows = steps(source.height, height);
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const from = ((rows[y] as number) * source.width + (columns[x] as number)) * 3;
      for (let i = 0; i < 3; i++) rgb[to + i] = source.rgb[from + i] as number;
    }
  }
  return { width, height, rgb };
}

function steps(from: number, to: number): number[] {
  const scale = from / to;
  let at = scale * 0.5;
  return Array.from({ length: to }, () => {
    const pixel = Math.min(from - 1, Math.floor(at));
    at += scale;
    return pixel;
  });
}
