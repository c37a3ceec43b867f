import type { Task } from '../../call/tasks.ts';

export type HubTaskName =
  | 'feature-extraction'
  | 'sentence-similarity'
  | 'zero-shot-classification'
  | 'zero-shot-image-classification'
  | 'text-to-image'
  | 'summarization'
  | 'translation'
  | 'text-generation';

/** What a model does if neither the path nor the body says more. Of other models, text generation says what they do. */
const OF_MODEL: Readonly<Partial<Record<Task, HubTaskName>>> = {
  'text-generation': 'text-generation',
  embedding: 'feature-extraction',
  'zero-shot-image-classification': 'zero-shot-image-classification',
  'text-to-image': 'text-to-image',
};

/** How base64 of PNG, JPEG, GIF and WebP begins, and a data URL of any. */
const PICTURE = /^(data:image|iVBORw0|\/9j\/|R0lGOD|UklGR)/;

interface Hints {
  readonly inputs?: unknown;
  readonly parameters?: { readonly candidate_labels?: unknown; readonly tgt_lang?: unknown } | null;
}

/**
 * Which task a request means if its path does not say: what the shape of its body says, or else what the model does. A
 * summarization has the body of a text generation, so only the path can name it.
 *
 * @param ofModel undefined if there is no such model
 */
export function findTask(body: Hints, ofModel: Task | undefined): HubTaskName {
  const { inputs, parameters } = body;
  const picture = typeof inputs === 'object' ? has(inputs, 'image') : PICTURE.test(String(inputs));
  if (has(inputs, 'source_sentence')) return 'sentence-similarity';
  if (picture) return 'zero-shot-image-classification';
  if (has(parameters, 'candidate_labels')) return 'zero-shot-classification';
  if (has(parameters, 'tgt_lang')) return 'translation';
  return OF_MODEL[ofModel ?? 'text-generation'] ?? 'text-generation';
}

const has = (value: unknown, name: string) => typeof value === 'object' && value !== null && name in value;
