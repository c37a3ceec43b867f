import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { inParallel } from '../../call/in-parallel.ts';
import type { ZeroShotModel } from '../../call/tasks.ts';
import { loadPictures } from '../../hosts/pictures/load-pictures.ts';
import { checkPicture, type Picture } from '../../hosts/pictures/pictures.ts';
import { firstThatAnswers } from '../../hosts/upstream/fallback.ts';
import { type Item, pathOf } from '../../intake/items.ts';
import type { ClassifiedItem } from './classify-by-vectors.ts';

const CONCURRENT_INPUTS = 4;

export interface HostOptions {
  readonly labels: readonly (string | { label: string; prompts: readonly string[] })[];
  readonly template: string;
  readonly multiLabel: boolean;
}

/**
 * Zero-shot classification by a host that does not return vectors: pictures only, labels as words only, and a softmax over
 * the given labels, so that a single label always scores 1.
 *
 * @throws ApiError `unsupported_parameter` for what requires vectors
 */
export async function classifyByHost(
  model: ZeroShotModel,
  inputs: readonly Item[],
  { labels, template, multiLabel }: HostOptions,
  call: Call,
): Promise<ClassifiedItem[]> {
  if (multiLabel) throw requiresVectors('multi_label');
  const words = labels.map((label, i) => {
    if (typeof label !== 'string') throw requiresVectors(`labels[${i}]`, 'with its own prompts');
    return label;
  });
  const inline: { at: number; picture: Picture }[] = [];
  const addressed: { at: number; url: string; path: string }[] = [];
  for (const [at, item] of inputs.entries()) {
    if (item.kind === 'text') throw requiresVectors(pathOf('input', inputs.length > 1 ? at : undefined), 'as a text');
    if ('url' in item) addressed.push({ at, url: item.url, path: item.path });
    else inline.push({ at, picture: checkPicture(item.bytes, item.path) });
  }
  const classified = new Array<ClassifiedItem>(inputs.length);
  const classify = (pictures: readonly { at: number; picture: Picture }[]) =>
    inParallel(pictures, CONCURRENT_INPUTS, call, async ({ at, picture }, part) => {
      const scores = await firstThatAnswers(model, part, (target, call) =>
        target.classify(picture, words, template, call),
      );
      classified[at] = words.map((label, i) => ({ label, score: scores[i] as number, cosine: null }));
    });
  await classify(inline);
  for await (const round of loadPictures(addressed, call)) {
    await classify(round.map(([{ at }, picture]) => ({ at, picture })));
  }
  return classified;
}

function requiresVectors(param: string, how = ''): ApiError {
  const what = how ? `\`${param}\` ${how}` : `\`${param}\``;
  return new ApiError(
    'unsupported_parameter',
    `${what} requires a host that returns CLIP vectors: set CLIP_ENDPOINT_URL or JINA_API_KEY.`,
    { param },
  );
}
