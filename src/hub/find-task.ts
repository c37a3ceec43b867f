import { ApiError } from '../errors.ts';
import type { Task } from '../tasks.ts';

export const HUB_TASKS = [
  'feature-extraction',
  'sentence-similarity',
  'zero-shot-classification',
  'zero-shot-image-classification',
  'text-to-image',
  'summarization',
  'translation',
  'text-generation',
] as const;
export type HubTaskName = (typeof HUB_TASKS)[number];

/** What a model does if neither the path nor the body says more. */
const OF_MODEL: Readonly<Record<Task, HubTaskName>> = {
  'text-generation': 'text-generation',
  embedding: 'feature-extraction',
  'zero-shot-image-classification': 'zero-shot-image-classification',
  'text-to-image': 'text-to-image',
};

/** How base64 of PNG, JPEG, GIF and WebP begins, and a data URL of any. */
const PICTURE = /^(data:image\/|iVBORw0KGgo|\/9j\/|R0lGODlh|R0lGODdh|UklGR)/;

interface Hints {
  readonly inputs?: unknown;
  readonly parameters?: { readonly candidate_labels?: unknown; readonly tgt_lang?: unknown } | null;
}

/**
 * Which task a request means: the one that its path names; or else what the shape of its body says; or else what the model
 * does. Summarization has the body of text generation, so only a path can name it.
 *
 * @param named by the path
 * @param ofModel undefined if there is no such model
 * @throws ApiError `invalid_parameter`
 */
export function findTask(named: string | undefined, body: Hints, ofModel: Task | undefined): HubTaskName {
  const known = HUB_TASKS.find((name) => name === named);
  if (known) return known;
  if (named !== undefined) {
    throw new ApiError('invalid_parameter', `The task in the path must be one of ${HUB_TASKS.join(', ')}.`, {
      param: 'task',
    });
  }
  const { inputs, parameters } = body;
  const picture = typeof inputs === 'object' ? has(inputs, 'image') : PICTURE.test(String(inputs));
  if (has(inputs, 'source_sentence')) return 'sentence-similarity';
  if (picture) return 'zero-shot-image-classification';
  if (has(parameters, 'candidate_labels')) return 'zero-shot-classification';
  if (has(parameters, 'tgt_lang')) return 'translation';
  return OF_MODEL[ofModel ?? 'text-generation'];
}

const has = (value: unknown, name: string) => typeof value === 'object' && value !== null && name in value;
