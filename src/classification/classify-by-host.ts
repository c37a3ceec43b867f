import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { Item } from '../intake/items.ts';
import { checkPicture, fetchPicture, type Picture } from '../pictures/pictures.ts';
import type { ZeroShotModel } from '../tasks.ts';
import { firstThatAnswers } from '../upstream/fallback.ts';
import type { ClassifiedItem } from './classify-by-vectors.ts';

const CONCURRENT_INPUTS = 4;

export interface HostOptions {
  readonly labels: readonly (string | { label: string; prompts: readonly string[] })[];
  readonly template: string;
  readonly multiLabel: boolean;
}

/**
 * Zero-shot classification by a host that keeps its vectors: pictures only, labels as words only, and a softmax over
 * the labels given, so that a single label always scores 1.
 *
 * @throws ApiError `unsupported_parameter` for what needs vectors
 */
export async function classifyByHost(
  model: ZeroShotModel,
  inputs: readonly Item[],
  { labels, template, multiLabel }: HostOptions,
  call: Call,
): Promise<ClassifiedItem[]> {
  if (multiLabel) throw needsVectors('multi_label');
  const words = labels.map((label, i) => {
    if (typeof label !== 'string') throw needsVectors(`labels[${i}]`, 'with prompts of its own');
    return label;
  });
  const text = inputs.find(({ kind }) => kind === 'text');
  if (text) throw needsVectors(text.path, 'as a text');
  const classified = new Array<ClassifiedItem>(inputs.length);
  const next = inputs.entries();
  const work = async () => {
    for (const [i, item] of next) {
      const picture = await loadPicture(item, call);
      const scores = await firstThatAnswers(model, call, (target, call) =>
        target.classify(picture, words, template, call),
      );
      classified[i] = words.map((label, at) => ({ label, score: scores[at] as number, cosine: null }));
    }
  };
  if (inputs.length > 1) call.cancellation.abortable = true;
  await Promise.all(Array.from({ length: CONCURRENT_INPUTS }, work));
  return classified;
}

async function loadPicture(item: Item, call: Call): Promise<Picture> {
  if (item.kind === 'text') throw needsVectors(item.path, 'as a text');
  return 'url' in item ? fetchPicture(item.url, item.path, call) : checkPicture(item.bytes, item.path);
}

function needsVectors(param: string, how = ''): ApiError {
  const what = how ? `\`${param}\` ${how}` : `\`${param}\``;
  return new ApiError(
    'unsupported_parameter',
    `${what} needs a host that gives CLIP vectors: set CLIP_ENDPOINT_URL or JINA_API_KEY.`,
    { param },
  );
}
