import {
  AutoConfig,
  AutoImageProcessor,
  AutoTokenizer,
  CLIPTextModelWithProjection,
  CLIPVisionModelWithProjection,
  RawImage,
  SiglipTextModel,
  SiglipVisionModel,
  softmax,
  Tensor,
} from '@huggingface/transformers';
import { Batcher } from './batcher.ts';
import { ApiError } from './errors.ts';
import { decodePicture } from './picture.ts';
import { type LoadOptions, longestToken, pretrainedOptions, resolveSource, weightOptions } from './source.ts';

/**
 * The two families of dual encoders. CLIP: projected embeddings, a softmax over the texts, text padded to the longest.
 * SigLIP: pooled outputs, a sigmoid per pair, and text always padded to the full length, as it was trained.
 * `textLimit` is the longest text in tokens where a `config.json` leaves it out.
 */
const FAMILIES = {
  clip: { Text: CLIPTextModelWithProjection, Vision: CLIPVisionModelWithProjection, padToFull: false, textLimit: 77 },
  siglip: { Text: SiglipTextModel, Vision: SiglipVisionModel, padToFull: true, textLimit: 64 },
} as const;

export type ClipFamily = keyof typeof FAMILIES;

export interface ClipOptions extends LoadOptions {
  /** Overrides for checkpoints whose `config.json` lacks the trained `logit_scale` and `logit_bias`. */
  logitScale?: number | undefined;
  logitBias?: number | undefined;
}

export interface ClipModel {
  readonly id: string;
  readonly family: ClipFamily;
  readonly dimensions: number;
  /** A pair's logit is `logitScale * cosine + (logitBias ?? 0)`. Undefined when the checkpoint does not state it. */
  readonly logitScale: number | undefined;
  readonly logitBias: number | undefined;
  /**
   * @returns unit vectors, and per text the number of tokens read (longer texts are cut at the model's limit).
   * @throws ApiError `queue_full`
   */
  embedTexts(texts: string[], signal?: AbortSignal): Promise<{ vectors: Float32Array[]; tokens: number[] }>;
  /**
   * @param files encoded pictures: PNG, JPEG, WebP or GIF.
   * @returns unit vectors.
   * @throws ApiError `invalid_image` with `param` = `input[i]`, or `queue_full`
   */
  embedImages(files: Uint8Array[], signal?: AbortSignal): Promise<{ vectors: Float32Array[] }>;
  /**
   * What the family makes of an image's vector and those of texts. CLIP: a softmax over the texts. SigLIP: each text's
   * own probability.
   * @throws ApiError `unsupported_task` when the checkpoint does not state its scale and bias.
   */
  scores(image: Float32Array, texts: Float32Array[]): number[];
  /** Inputs that wait for a batch, and batches run so far. */
  load(): Record<'text' | 'image', { waiting: number; batches: number }>;
}

/** Larger batches gain little on a CPU, and a batch holds the event loop while it runs. */
const TEXT_BATCH = 64;
const IMAGE_BATCH = 8;
/** At least one largest request: 2,048 texts (OpenAI's limit) or 32 pictures. */
const TEXT_QUEUE = 8192;
const IMAGE_QUEUE = 256;

/** Loads a CLIP or SigLIP model from a folder or the hub. @throws Error that says what does not fit. */
export async function loadClip(from: string, options: ClipOptions = {}): Promise<ClipModel> {
  const source = resolveSource(from, options);
  const pretrained = pretrainedOptions(source, options);
  const config = await AutoConfig.from_pretrained(source.path, pretrained);
  const family = config.model_type as ClipFamily;
  if (!Object.hasOwn(FAMILIES, family)) {
    throw new Error(`"${source.id}" is a "${family}" model. The similarity task takes CLIP and SigLIP models.`);
  }
  const { Text, Vision, padToFull, ...defaults } = FAMILIES[family];
  const [tokenizer, processor, textModel, visionModel] = await Promise.all([
    AutoTokenizer.from_pretrained(source.path, pretrained),
    AutoImageProcessor.from_pretrained(source.path, pretrained),
    Text.from_pretrained(source.path, { ...pretrained, ...weightOptions(source, 'text_model', config, options) }),
    Vision.from_pretrained(source.path, { ...pretrained, ...weightOptions(source, 'vision_model', config, options) }),
  ]);

  const numberIn = (key: string) => numberOrUndefined(Reflect.get(config, key));
  const textLimit: number = Reflect.get(config, 'text_config')?.max_position_embeddings ?? defaults.textLimit;
  const maxCharacters = textLimit * longestToken(tokenizer);
  const pad = tokenizer.pad_token_id ?? tokenizer.eos_token_id ?? 0;

  /** Token ids of one text. A cut text keeps its end token: CLIP pools there, and SigLIP was trained with it. */
  function tokenize(text: string): number[] {
    // What lies beyond is cut anyway, and a tokenizer that reads megabytes holds up everybody.
    const { input_ids } = tokenizer(text.slice(0, maxCharacters), { return_tensor: false });
    return input_ids.length <= textLimit ? input_ids : [...input_ids.slice(0, textLimit - 1), ...input_ids.slice(-1)];
  }

  async function runTexts(rows: number[][]) {
    const width = padToFull ? textLimit : Math.max(...rows.map((row) => row.length));
    const ids = new BigInt64Array(rows.length * width).fill(BigInt(pad));
    const mask = new BigInt64Array(rows.length * width);
    rows.forEach((row, r) => {
      row.forEach((id, i) => {
        ids[r * width + i] = BigInt(id);
        mask[r * width + i] = 1n;
      });
    });
    const shape = [rows.length, width];
    const output = await textModel({
      input_ids: new Tensor('int64', ids, shape),
      attention_mask: new Tensor('int64', mask, shape),
    });
    return unitRows(output.text_embeds ?? output.pooler_output).map(fulfilled);
  }

  async function runImages(files: Uint8Array[]): Promise<PromiseSettledResult<Float32Array>[]> {
    const pixels = await Promise.allSettled(files.map(toPixels));
    const good = pixels.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
    if (good.length === 0) return pixels as PromiseRejectedResult[];
    const [first] = good as [Tensor];
    const size = first.data.length;
    const data = new Float32Array(good.length * size);
    for (const [i, tensor] of good.entries()) data.set(tensor.data as Float32Array, i * size);
    const output = await visionModel({
      pixel_values: new Tensor('float32', data, [good.length, ...first.dims.slice(1)]),
    });
    const vectors = unitRows(output.image_embeds ?? output.pooler_output).values();
    return pixels.map((result) =>
      result.status === 'rejected' ? result : fulfilled(vectors.next().value as Float32Array),
    );
  }

  /** Resized, cropped and normalized as `preprocessor_config.json` says: 1 x 3 x height x width. */
  async function toPixels(file: Uint8Array): Promise<Tensor> {
    const { rgb, width, height } = await decodePicture(file);
    const { pixel_values } = await processor(new RawImage(rgb, width, height, 3));
    return pixel_values;
  }

  const texts = new Batcher({ run: runTexts, maxBatch: TEXT_BATCH, maxQueue: TEXT_QUEUE });
  const images = new Batcher({ run: runImages, maxBatch: IMAGE_BATCH, maxQueue: IMAGE_QUEUE });
  const probe = await runTexts([tokenize('a photo')]);

  // CLIP was trained with the scale clipped at 100, and the published checkpoints ended there; config.json holds only its
  // initial value (Radford et al. 2021, section 2.5). SigLIP's ended elsewhere, so for SigLIP there is no default.
  const logitScale = options.logitScale ?? numberIn('logit_scale') ?? (family === 'clip' ? 100 : undefined);
  const logitBias = options.logitBias ?? numberIn('logit_bias');

  return {
    id: source.id,
    family,
    dimensions: probe[0]?.value.length ?? 0,
    logitScale,
    logitBias,
    scores(image, texts) {
      if (logitScale === undefined || (family === 'siglip' && logitBias === undefined)) {
        const message = `"${source.id}" does not state its trained logit_scale and logit_bias, so it gives no scores.`;
        throw new ApiError('unsupported_task', message, { param: 'model' });
      }
      const logits = texts.map((text) => logitScale * cosine(image, text) + (logitBias ?? 0));
      return family === 'siglip' ? logits.map((logit) => 1 / (1 + Math.exp(-logit))) : softmax(logits);
    },
    async embedTexts(inputs, signal) {
      const rows = inputs.map(tokenize);
      const settled = await texts.submit(rows, signal);
      return { vectors: settled.map(valueOrThrow), tokens: rows.map((row) => row.length) };
    },
    async embedImages(files, signal) {
      const settled = await images.submit(files, signal);
      return { vectors: settled.map(valueOrThrow) };
    },
    load: () => ({
      text: { waiting: texts.depth, batches: texts.batches },
      image: { waiting: images.depth, batches: images.batches },
    }),
  };
}

/** Splits a (rows x width) tensor into rows of length 1. */
function unitRows(tensor: Tensor): Float32Array[] {
  const [rows, width] = tensor.dims as [number, number];
  const data = tensor.data as Float32Array;
  return Array.from({ length: rows }, (_, r) => {
    const row = data.slice(r * width, (r + 1) * width);
    const norm = Math.hypot(...row);
    if (!(norm > 0 && norm < Infinity)) throw new Error('The model returned a vector without a direction.');
    return row.map((x) => x / norm);
  });
}

/** Of unit vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}

function fulfilled<T>(value: T): PromiseFulfilledResult<T> {
  return { status: 'fulfilled', value };
}

function valueOrThrow<T>(result: PromiseSettledResult<T>, index: number): T {
  if (result.status === 'fulfilled') return result.value;
  const { reason } = result;
  if (reason instanceof ApiError && reason.code === 'invalid_image') {
    throw new ApiError(reason.code, reason.message, { param: `input[${index}]`, cause: reason.cause });
  }
  throw reason;
}

function numberOrUndefined(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
