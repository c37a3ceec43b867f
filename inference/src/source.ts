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
  /** The model name that clients use. Default: the folder's name or the hub id. */
  name?: string | undefined;
  /** Precision of the weights. Default: the one in `config.json`, else the best available. */
  dtype?: Dtype | undefined;
  /** Threads inside one ONNX operator. */
  threads?: number | undefined;
  /** Called during the download of a hub model's files. */
  onProgress?: ((step: FileProgress) => void) | undefined;
}

/** The source of a model: a local folder or a repository on the Hugging Face hub. */
export interface Source {
  /** The model name that clients use. */
  id: string;
  /** The argument for transformers.js. */
  path: string;
  local: boolean;
}

/**
 * Resolves `source` to a folder if it exists, else to a hub id (`owner/name`). A folder needs no network.
 * @throws Error if it is neither.
 */
export function resolveSource(source: string, { name }: LoadOptions): Source {
  const path = resolve(source);
  if (existsSync(path) && statSync(path).isDirectory()) return { id: name ?? basename(path), path, local: true };
  if (/^[\w-]+\/[\w.-]+$/.test(source)) return { id: name ?? source, path: source, local: false };
  throw new Error(`"${source}" is neither an existing folder nor a hub id such as "Xenova/clip-vit-base-patch32".`);
}

/** The common options of every `from_pretrained` call for `source`. */
export function pretrainedOptions(source: Source, { onProgress }: LoadOptions) {
  const progress_callback = (event: ProgressInfo) => {
    if (event.status === 'progress') onProgress?.(event);
  };
  return { local_files_only: source.local, ...(source.local ? {} : { progress_callback }) };
}

/**
 * The additional options for weights. `file` is the name of the ONNX file without precision suffix and
 * extension. The precision is the requested one, else the one in `config.json`, else the best one in the
 * folder.
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
      // Idle threads sleep, because spinning threads take CPU time from the other models. Measured: an image
      // on two threads of two busy cores takes 1.45 s with sleeping threads and 2.0 s with spinning threads.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    },
  };
}

/** Undefined if the folder does not have the file. Loading then fails with an error that names it. */
function dtypeInFolder(folder: string, file: string): Dtype | undefined {
  const onnx = resolve(folder, 'onnx');
  const files = existsSync(onnx) ? readdirSync(onnx) : [];
  return (Object.keys(DTYPES) as Dtype[]).find((dtype) => files.includes(`${file}${DTYPES[dtype]}.onnx`));
}

/** Length of the longest token in characters. A text longer than n times this cannot fit into n tokens. */
export function longestToken(tokenizer: PreTrainedTokenizer): number {
  let longest = 1;
  for (const token of tokenizer.get_vocab().keys()) longest = Math.max(longest, token.length);
  return longest;
}
