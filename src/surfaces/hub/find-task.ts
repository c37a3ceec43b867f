import type { Placeholders } from '../../base/bytes/placeholders.ts';
import type { Task } from '../../call/tasks.ts';
import { isBase64, isDataUrl, kindInBase64 } from '../../intake/picture-text.ts';

export type HubTaskName =
  | 'feature-extraction'
  | 'sentence-similarity'
  | 'zero-shot-classification'
  | 'zero-shot-image-classification'
  | 'text-to-image'
  | 'summarization'
  | 'translation'
  | 'text-generation';

/**
 * What a model does if neither the path nor the body says more. Of other models, text generation says what
 * they do.
 */
const OF_MODEL: Readonly<Partial<Record<Task, HubTaskName>>> = {
  'text-generation': 'text-generation',
  embedding: 'feature-extraction',
  'zero-shot-image-classification': 'zero-shot-image-classification',
  'text-to-image': 'text-to-image',
};

interface Hints {
  readonly inputs?: unknown;
  readonly parameters?: { readonly candidate_labels?: unknown; readonly tgt_lang?: unknown } | null;
}

/** What is known of the model that is asked. */
export interface AskedModel {
  /** Undefined if there is no such model. */
  readonly task: Task | undefined;
  readonly takesPictures: boolean;
}

/**
 * Which task a request means if its path does not say: what the shape of its body says, or else what the
 * model does. A summarization has the body of a text generation, so only the path can name it.
 *
 * @param large what placeholders in the body stand for
 */
export function findTask(
  { inputs, parameters }: Hints,
  model: AskedModel,
  large: Placeholders | undefined,
): HubTaskName {
  if (has(inputs, 'source_sentence')) return 'sentence-similarity';
  if (has(inputs, 'image')) return 'zero-shot-image-classification';
  const hasLabels = has(parameters, 'candidate_labels');
  if (typeof inputs === 'string') {
    const text = headOf(inputs, large);
    // The address of a picture is a text like any other, unless a model that takes pictures has labels for
    // it.
    const isAddress = hasLabels && model.takesPictures && (isUrl(text) || isBase64(text));
    if (isAddress || isPicture(text)) return 'zero-shot-image-classification';
  }
  if (hasLabels) return 'zero-shot-classification';
  if (has(parameters, 'tgt_lang')) return 'translation';
  return OF_MODEL[model.task ?? 'text-generation'] ?? 'text-generation';
}

/** Whether a text shows by its beginning that it is a picture. */
export function isPicture(text: string): boolean {
  return isDataUrl(text) || kindInBase64(text) !== undefined;
}

const latin1 = new TextDecoder('latin1');

/** The beginning of an input, enough to see what it is; all of it, if it is not large. */
export function headOf(input: string, large: Placeholders | undefined): string {
  const content = large?.contentOf(input);
  return content ? latin1.decode(content.subarray(0, 2_000)) : input;
}

const isUrl = (text: string) => /^\s*https?:\/\/\S+\s*$/i.test(text);
const has = (value: unknown, name: string) => typeof value === 'object' && value !== null && name in value;
