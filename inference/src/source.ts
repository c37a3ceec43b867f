import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { PreTrainedTokenizer, PretrainedConfig, ProgressInfo } from '@huggingface/transformers';
import type { FileProgress } from './progress.ts';

/** Precisions and their file suffixes, in order of preference. See transformers.js, "dtypes". */
export const DTYPES = {
  fp32: '',
  q8: '_quantized',
  int8: '_int8',
  fp16: '_fp16',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

export type Dtype = keyof typeof DTYPES;

export interface LoadOptions {
  /** The name that clients call the model by. By default the folder's name or the hub id. */
  name?: string | undefined;
  /** Which precision of the weights to load. By default what `config.json` says, else the best that is there. */
  dtype?: Dtype | undefined;
  /** Threads inside one ONNX operator. */
  threads?: number | undefined;
  /** Called as the files of a hub model arrive. */
  onProgress?: ((step: FileProgress) => void) | undefined;
}

/** Where a model comes from: a folder on this machine, or a repository on the Hugging Face hub. */
export interface Source {
  /** The name that clients call the model by. */
  id: string;
  /** What transformers.js is given. */
  path: string;
  local: boolean;
}

/**
 * Reads `source` as a folder if there is one, else as a hub id (`owner/name`). A folder never touches the network.
 * @throws Error when it is neither.
 */
export function resolveSource(source: string, { name }: LoadOptions): Source {
  const path = resolve(source);
  if (existsSync(path) && statSync(path).isDirectory()) return { id: name ?? basename(path), path, local: true };
  if (/^[\w-]+\/[\w.-]+$/.test(source)) return { id: name ?? source, path: source, local: false };
  throw new Error(
    `There is no model folder "${source}", and it is not a hub id such as "Xenova/clip-vit-base-patch32".`,
  );
}

/** The options that every `from_pretrained` call for `source` gets. */
export function pretrainedOptions(source: Source, { onProgress }: LoadOptions) {
  const progress_callback = (event: ProgressInfo) => {
    if (event.status === 'progress') onProgress?.(event);
  };
  return { local_files_only: source.local, ...(source.local ? {} : { progress_callback }) };
}

/**
 * The further options for weights: `file` is the ONNX file's name without precision suffix and extension. The precision
 * is the one asked for, else the one that `config.json` names, else the best in the folder.
 */
export function weightOptions(
  source: Source,
  file: string,
  config: PretrainedConfig,
  { dtype, threads = 1 }: LoadOptions,
) {
  const configured = Reflect.get(config, 'transformers.js_config')?.dtype !== undefined;
  const chosen = dtype ?? (source.local && !configured ? dtypeInFolder(source.path, file) : undefined);
  return {
    config,
    ...(chosen ? { dtype: chosen } : {}),
    session_options: {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Idle threads sleep: spinning ones take the processor from the other models (measured: a picture on two threads
      // of two busy cores takes 1.45 s with sleeping threads and 2.0 s with spinning ones).
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    },
  };
}

/** Undefined when the folder does not have the file: loading then says what is missing. */
function dtypeInFolder(folder: string, file: string): Dtype | undefined {
  const onnx = resolve(folder, 'onnx');
  const files = existsSync(onnx) ? readdirSync(onnx) : [];
  return (Object.keys(DTYPES) as Dtype[]).find((dtype) => files.includes(`${file}${DTYPES[dtype]}.onnx`));
}

/** The length of the longest token: no text of more characters than n times this fits into n tokens. */
export function longestToken(tokenizer: PreTrainedTokenizer): number {
  let longest = 1;
  for (const token of tokenizer.get_vocab().keys()) longest = Math.max(longest, token.length);
  return longest;
}
