import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AutoTokenizer, PreTrainedModel, PretrainedConfig, Tensor } from '@huggingface/transformers';
import { ApiError } from './errors.ts';
import type { Picture } from './picture.ts';
import { generator } from './random.ts';
import { type LoadOptions, longestToken, resolveSource, weightOptions } from './source.ts';

export interface ImageRequest {
  prompt: string;
  /** In pixels. Default: the model's `default_size`. */
  width?: number | undefined;
  height?: number | undefined;
  /** The same seed gives the same image. Default: random. */
  seed?: number | undefined;
  /** Stops the generation before its next chunk. */
  signal?: AbortSignal | undefined;
}

export interface ImageModel {
  readonly id: string;
  readonly minSize: number;
  readonly maxSize: number;
  /** @throws ApiError `invalid_value` for a size out of range, synchronously. */
  generate(request: ImageRequest): Promise<Picture>;
}

/** The settings in `config.json`. A model without that file uses the defaults. */
interface ImageConfig {
  /** Shape of the random input `z`, uniform in -1..1. It decides what the caption leaves open. */
  latent_shape: number[];
  /** Max tokens of the caption. A longer caption is truncated. */
  max_text_tokens: number;
  /** Points per pixel and axis, averaged for smooth edges. Large images use fewer. */
  supersampling: number;
  default_size: number;
  min_size: number;
  max_size: number;
}

const DEFAULTS: ImageConfig = {
  latent_shape: [3, 8],
  max_text_tokens: 28,
  supersampling: 2,
  default_size: 256,
  min_size: 16,
  max_size: 1024,
};

/** Points per run of the graph, about 100 ms. Other requests and cancellation are handled between runs. */
const CHUNK_POINTS = 16_384;
/** Limits the time of one image, regardless of its size. */
const MAX_POINTS = 1_048_576;

/**
 * Loads a text-to-image model in this project's format. One ONNX graph computes the color of a caption's
 * image at any point: (`input_ids` 1 x T, `z` 1 x latent, `xy` P x 2 in 0..1) -> `rgb` 1 x P x 3 in 0..1. An
 * image of any size is this function sampled on a grid.
 */
export async function loadImage(from: string, options: LoadOptions = {}): Promise<ImageModel> {
  const source = resolveSource(from, options);
  if (!source.local) throw new Error(`The image task needs a local folder in this project's format, not "${from}".`);
  const settings = readConfig(source.path);
  // "custom" is the library's name for a graph that it runs unchanged.
  const config = new PretrainedConfig({ ...settings, model_type: 'custom' });
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(source.path, { local_files_only: true }),
    PreTrainedModel.from_pretrained(source.path, {
      local_files_only: true,
      ...weightOptions(source, 'model', config, options),
    }),
  ]);

  const tokenLimit = settings.max_text_tokens;
  const maxCharacters = tokenLimit * longestToken(tokenizer);

  /** A truncated caption keeps its end token, as in training. */
  function tokenize(prompt: string): Tensor {
    const all = tokenizer.encode(prompt.slice(0, maxCharacters));
    const ids = all.length > tokenLimit ? [...all.slice(0, tokenLimit - 1), ...all.slice(-1)] : all;
    return new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
  }

  function latent(seed: number | undefined): Tensor {
    const next = generator(seed);
    const size = settings.latent_shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, () => next() * 2 - 1);
    return new Tensor('float32', values, [1, ...settings.latent_shape]);
  }

  function checkSize(name: 'width' | 'height', size: number): number {
    if (size < settings.min_size || size > settings.max_size) {
      const message = `"${name}" must be between ${settings.min_size} and ${settings.max_size} pixels.`;
      throw new ApiError('invalid_value', message, { param: name });
    }
    return size;
  }

  function generate({ prompt, width, height, seed, signal }: ImageRequest): Promise<Picture> {
    return draw(
      { input_ids: tokenize(prompt), z: latent(seed) },
      checkSize('width', width ?? settings.default_size),
      checkSize('height', height ?? settings.default_size),
      signal,
    );
  }

  async function draw(
    inputs: { input_ids: Tensor; z: Tensor },
    width: number,
    height: number,
    signal: AbortSignal | undefined,
  ): Promise<Picture> {
    const perAxis = Math.max(1, Math.min(settings.supersampling, Math.floor(Math.sqrt(MAX_POINTS / (width * height)))));
    const sums = new Float32Array(width * height * 3);
    const pixelsPerRun = Math.ceil(CHUNK_POINTS / perAxis ** 2);
    for (let from = 0; from < width * height; from += pixelsPerRun) {
      signal?.throwIfAborted();
      const to = Math.min(from + pixelsPerRun, width * height);
      const xy = points(from, to, width, height, perAxis);
      const { rgb } = await model({ ...inputs, xy: new Tensor('float32', xy, [xy.length / 2, 2]) });
      accumulate(sums, rgb.data as Float32Array, from, perAxis ** 2);
    }
    const scale = 255 / perAxis ** 2;
    return { width, height, rgb: Uint8Array.from(sums, (sum) => Math.max(0, Math.min(255, Math.round(sum * scale)))) };
  }

  return { id: source.id, minSize: settings.min_size, maxSize: settings.max_size, generate };
}

/**
 * Sample points (x, y) of the pixels `from` to `to`, counted row by row, with `perAxis`^2 points per pixel.
 * The shorter side spans 0..1. The longer side extends beyond it equally on both ends, so nothing is
 * stretched.
 */
function points(from: number, to: number, width: number, height: number, perAxis: number): Float32Array {
  const unit = Math.min(width, height);
  const xy = new Float32Array((to - from) * perAxis ** 2 * 2);
  let next = 0;
  for (let pixel = from; pixel < to; pixel++) {
    const column = pixel % width;
    const row = Math.floor(pixel / width);
    for (let j = 0; j < perAxis; j++) {
      for (let i = 0; i < perAxis; i++) {
        xy[next++] = (column + (i + 0.5) / perAxis - width / 2) / unit + 0.5;
        xy[next++] = (row + (j + 0.5) / perAxis - height / 2) / unit + 0.5;
      }
    }
  }
  return xy;
}

/** Adds the colors of each pixel's points to that pixel's sums. */
function accumulate(sums: Float32Array, colors: Float32Array, firstPixel: number, pointsPerPixel: number): void {
  colors.forEach((color, i) => {
    const pixel = firstPixel + Math.floor(i / 3 / pointsPerPixel);
    const channel = pixel * 3 + (i % 3);
    sums[channel] = (sums[channel] as number) + color;
  });
}

function readConfig(folder: string): ImageConfig {
  const file = join(folder, 'config.json');
  return { ...DEFAULTS, ...(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) };
}
