import { AutoConfig, softmax } from '@huggingface/transformers';
import { rowsAreIndependent, TRIAL_TEXTS, trialPictures } from './batch-trial.ts';
import { Batcher } from './batcher.ts';
import type { ClipFamily } from './clip-family.ts';
import { FAMILIES, loadDualEncoder } from './dual-encoder.ts';
import { ApiError } from './errors.ts';
import type { Background } from './pictures/decode.ts';
import { DECODED_FORMATS, type DecodedFormat } from './pictures/formats.ts';
import { PREPROCESSING_REVISION } from './preprocess.ts';
import { type LoadOptions, pretrainedOptions, resolveSource } from './source.ts';

export interface ClipOptions extends LoadOptions {
  /** Set these if the `config.json` of a checkpoint lacks the trained `logit_scale` and `logit_bias`. */
  logitScale?: number | undefined;
  logitBias?: number | undefined;
  /** What transparent pixels become. Default: white. */
  background?: Background | undefined;
}

export interface ClipModel {
  readonly id: string;
  readonly family: ClipFamily;
  readonly dimensions: number;
  /**
   * The logit of a pair is `logitScale * cosine + (logitBias ?? 0)`. Undefined if the checkpoint does not
   * state it.
   */
  readonly logitScale: number | undefined;
  readonly logitBias: number | undefined;
  /**
   * Names what the server does to inputs before the model. Vectors of different revisions do not belong
   * together.
   */
  readonly revision: string;
  /** The formats of pictures that are decoded. */
  readonly formats: readonly DecodedFormat[];
  /** False if the model's vectors depend on the others of a batch. Its inputs then run one by one. */
  readonly batched: { text: boolean; image: boolean };
  /** Token ids of a text, truncated to the model's limit. */
  tokenize(text: string): number[];
  /**
   * @returns unit vectors, and the number of tokens read per text. Longer texts are truncated to the model's
   * limit.
   * @throws ApiError `queue_full`
   */
  embedTexts(texts: string[], signal?: AbortSignal): Promise<{ vectors: Float32Array[]; tokens: number[] }>;
  /**
   * @param files encoded pictures in one of `formats`.
   * @returns unit vectors.
   * @throws ApiError `invalid_picture` with `param` = `input[i]`, or `queue_full`
   */
  embedImages(files: Uint8Array[], signal?: AbortSignal): Promise<{ vectors: Float32Array[] }>;
  /**
   * Scores texts against an image. CLIP: a softmax over the texts. SigLIP: an independent probability per
   * text.
   * @throws ApiError `unsupported_task` if the checkpoint does not state its scale and bias.
   */
  scores(image: Float32Array, texts: Float32Array[]): number[];
  /** Number of inputs that wait for a batch, and of batches run so far. */
  load(): Record<'text' | 'image', { waiting: number; batches: number }>;
}

/** Larger batches gain little on a CPU, and a running batch blocks the event loop. */
const TEXT_BATCH = 64;
const IMAGE_BATCH = 8;
/** Each queue fits at least one request of max size: 2,048 texts (OpenAI's limit) or 32 images. */
const TEXT_QUEUE = 8192;
const IMAGE_QUEUE = 256;

/** Loads a CLIP or SigLIP model from a folder or the hub. @throws Error if the model cannot be loaded. */
export async function loadClip(from: string, options: ClipOptions = {}): Promise<ClipModel> {
  const source = resolveSource(from, options);
  const config = await AutoConfig.from_pretrained(source.path, pretrainedOptions(source, options));
  const family = config.model_type as ClipFamily;
  if (!Object.hasOwn(FAMILIES, family)) {
    throw new Error(`"${source.id}" is a "${family}" model. Embeddings support only CLIP and SigLIP models.`);
  }
  const { tokenize, encodeTexts, encodeImages } = await loadDualEncoder(source, family, config, options);
  const trialTexts = TRIAL_TEXTS.map(tokenize);
  const embedTrial = async (files: Uint8Array[]) => (await encodeImages(files)).map(valueOrThrow);
  const batched = {
    text: await rowsAreIndependent(encodeTexts, trialTexts),
    image: await rowsAreIndependent(embedTrial, await trialPictures()),
  };
  const texts = new Batcher({
    run: async (rows: number[][]) => (await encodeTexts(rows)).map(fulfilled),
    maxBatch: batched.text ? TEXT_BATCH : 1,
    maxQueue: TEXT_QUEUE,
  });
  const images = new Batcher({ run: encodeImages, maxBatch: batched.image ? IMAGE_BATCH : 1, maxQueue: IMAGE_QUEUE });
  const [probe] = await encodeTexts(trialTexts.slice(0, 1));

  // CLIP was trained with the scale clipped at 100, and the published checkpoints reached that value.
  // config.json holds only the initial value (Radford et al. 2021, section 2.5). SigLIP scales vary, so
  // SigLIP has no default.
  const numberIn = (key: string) => numberOrUndefined(Reflect.get(config, key));
  const logitScale = options.logitScale ?? numberIn('logit_scale') ?? (family === 'clip' ? 100 : undefined);
  const logitBias = options.logitBias ?? numberIn('logit_bias');

  return {
    id: source.id,
    family,
    dimensions: probe?.length ?? 0,
    logitScale,
    logitBias,
    revision: `${PREPROCESSING_REVISION}-${options.background ?? 'white'}`,
    formats: DECODED_FORMATS,
    batched,
    tokenize,
    scores(image, texts) {
      if (logitScale === undefined || (family === 'siglip' && logitBias === undefined)) {
        const message = `"${source.id}" cannot compute scores: its config.json has no trained logit_scale and logit_bias.`;
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

/** For unit vectors only. */
function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}

function fulfilled<T>(value: T): PromiseFulfilledResult<T> {
  return { status: 'fulfilled', value };
}

function valueOrThrow<T>(result: PromiseSettledResult<T>, index: number): T {
  if (result.status === 'fulfilled') return result.value;
  const { reason } = result;
  if (reason instanceof ApiError && reason.code === 'invalid_picture') {
    throw new ApiError(reason.code, reason.message, { param: `input[${index}]`, cause: reason.cause });
  }
  throw reason;
}

function numberOrUndefined(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
