import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { PretrainedConfig } from '@huggingface/transformers';

/** Precisions by file suffix, best first. See transformers.js, "dtypes". */
const DTYPES = [
  ['fp32', ''],
  ['q8', '_quantized'],
  ['int8', '_int8'],
  ['fp16', '_fp16'],
  ['q4', '_q4'],
] as const;

export type Dtype = (typeof DTYPES)[number][0];

export interface LoadOptions {
  /** Which precision of the weights to load. By default what `config.json` says, else the best that is there. */
  dtype?: Dtype | undefined;
  /** Threads inside one ONNX operator. */
  threads?: number | undefined;
  /** Called with each file's share while a hub model is downloaded. */
  onProgress?: ((progress: { loaded: number; total: number }) => void) | undefined;
}

/** Where a model comes from: a folder on this machine, or a repository on the Hugging Face hub. */
export interface Source {
  /** The model's public name: the folder's name or the hub id. */
  id: string;
  /** What transformers.js is given. */
  path: string;
  local: boolean;
}

/**
 * Reads `source` as a folder if there is one, else as a hub id (`owner/name`). A folder never touches the network.
 * @throws Error when it is neither.
 */
export function resolveSource(source: string): Source {
  const path = resolve(source);
  if (existsSync(path) && statSync(path).isDirectory()) return { id: basename(path), path, local: true };
  if (/^[\w-]+\/[\w.-]+$/.test(source)) return { id: source, path: source, local: false };
  throw new Error(
    `There is no model folder "${source}", and it is not a hub id such as "Xenova/clip-vit-base-patch32".`,
  );
}

/** The options that every `from_pretrained` call for `source` gets. */
export function pretrainedOptions(source: Source, { onProgress }: LoadOptions) {
  return {
    local_files_only: source.local,
    ...(onProgress && !source.local
      ? {
          progress_callback: (event: { status: string; loaded?: number; total?: number }) => {
            if (event.status === 'progress_total') onProgress({ loaded: event.loaded ?? 0, total: event.total ?? 0 });
          },
        }
      : {}),
  };
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
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  };
}

function dtypeInFolder(folder: string, file: string): Dtype {
  const onnx = resolve(folder, 'onnx');
  const files = existsSync(onnx) ? readdirSync(onnx) : [];
  const found = DTYPES.find(([, suffix]) => files.includes(`${file}${suffix}.onnx`));
  if (!found) throw new Error(`The model folder "${folder}" has no onnx/${file}.onnx in any known precision.`);
  return found[0];
}
