import {
  AutoTokenizer,
  CLIPTextModelWithProjection,
  CLIPVisionModelWithProjection,
  cat,
  type PretrainedConfig,
  SiglipTextModel,
  SiglipVisionModel,
  Tensor,
} from '@huggingface/transformers';
import type { ClipFamily } from './clip-family.ts';
import { withinBudget } from './pictures/budget.ts';
import { type Background, decodePicture } from './pictures/decode.ts';
import { loadPreprocessing } from './preprocess.ts';
import { type LoadOptions, longestToken, pretrainedOptions, type Source, weightOptions } from './source.ts';

/**
 * The two families of dual encoders. CLIP: projected embeddings, a softmax over the texts, texts padded to
 * the longest. SigLIP: pooled outputs, a sigmoid per pair, texts always padded to the full length, as in
 * training. `textLimit` is the max tokens of a text if `config.json` does not state it.
 */
export const FAMILIES = {
  clip: { Text: CLIPTextModelWithProjection, Vision: CLIPVisionModelWithProjection, padToFull: false, textLimit: 77 },
  siglip: { Text: SiglipTextModel, Vision: SiglipVisionModel, padToFull: true, textLimit: 64 },
} as const satisfies Record<ClipFamily, object>;

export interface DualEncoder {
  /** Token ids of one text, truncated to the model's limit. */
  tokenize(text: string): number[];
  /** Unit vectors of a batch of tokenized texts. */
  encodeTexts(rows: number[][]): Promise<Float32Array[]>;
  /** Unit vector of each image of a batch. An invalid image is rejected without failing the others. */
  encodeImages(files: Uint8Array[]): Promise<PromiseSettledResult<Float32Array>[]>;
}

/** Loads the two encoders of a model. Each encode call is one forward pass. */
export async function loadDualEncoder(
  source: Source,
  family: ClipFamily,
  config: PretrainedConfig,
  options: LoadOptions & { background?: Background | undefined },
): Promise<DualEncoder> {
  const pretrained = pretrainedOptions(source, options);
  const { Text, Vision, padToFull, ...defaults } = FAMILIES[family];
  const [tokenizer, toPixels, textModel, visionModel] = await Promise.all([
    AutoTokenizer.from_pretrained(source.path, pretrained),
    loadPreprocessing(source, family, options),
    Text.from_pretrained(source.path, { ...pretrained, ...weightOptions(source, 'text_model', config, options) }),
    Vision.from_pretrained(source.path, { ...pretrained, ...weightOptions(source, 'vision_model', config, options) }),
  ]);

  const textLimit: number = Reflect.get(config, 'text_config')?.max_position_embeddings ?? defaults.textLimit;
  const maxCharacters = textLimit * longestToken(tokenizer);
  const pad = tokenizer.pad_token_id ?? tokenizer.eos_token_id ?? 0;

  /**
   * Token ids of one text. A truncated text keeps its end token: CLIP pools there, and SigLIP was trained
   * with it.
   */
  function tokenize(text: string): number[] {
    // The rest would be truncated anyway, and tokenizing megabytes would block all other requests.
    const { input_ids } = tokenizer(text.slice(0, maxCharacters), { return_tensor: false });
    return input_ids.length <= textLimit ? input_ids : [...input_ids.slice(0, textLimit - 1), ...input_ids.slice(-1)];
  }

  async function encodeTexts(rows: number[][]): Promise<Float32Array[]> {
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
    return unitRows(output.text_embeds ?? output.pooler_output);
  }

  async function encodeImages(files: Uint8Array[]): Promise<PromiseSettledResult<Float32Array>[]> {
    const pixels = await Promise.allSettled(files.map(pixelsOf));
    const good = pixels.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
    if (good.length === 0) return pixels as PromiseRejectedResult[];
    const output = await visionModel({ pixel_values: cat(good, 0) });
    const vectors = unitRows(output.image_embeds ?? output.pooler_output).values();
    return pixels.map((result) =>
      result.status === 'rejected' ? result : { status: 'fulfilled', value: vectors.next().value as Float32Array },
    );
  }

  async function pixelsOf(file: Uint8Array): Promise<Tensor> {
    return withinBudget(file, async () => toPixels(await decodePicture(file, options.background)));
  }

  return { tokenize, encodeTexts, encodeImages };
}

/** Splits a (rows x width) tensor into rows of length 1. */
function unitRows(tensor: Tensor): Float32Array[] {
  const [rows, width] = tensor.dims as [number, number];
  const data = tensor.to('float32').data as Float32Array;
  return Array.from({ length: rows }, (_, r) => {
    const row = data.slice(r * width, (r + 1) * width);
    const norm = Math.hypot(...row);
    if (!(norm > 0 && norm < Infinity)) throw new Error('The model returned a zero or non-finite vector.');
    return row.map((x) => x / norm);
  });
}
