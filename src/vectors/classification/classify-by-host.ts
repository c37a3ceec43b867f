import type { OtherFormat } from '../../base/bytes/file-kind.ts';
import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { inParallel } from '../../call/in-parallel.ts';
import type { ZeroShotModel, ZeroShotTarget } from '../../call/tasks.ts';
import { otherFormatOf, targetsDecoding } from '../../hosts/pictures/decoding.ts';
import { loadPictures } from '../../hosts/pictures/load-pictures.ts';
import { checkPicture, type Picture } from '../../hosts/pictures/pictures.ts';
import { blamed } from '../../hosts/upstream/blame.ts';
import { firstThatAnswers } from '../../hosts/upstream/fallback.ts';
import type { ItemList } from '../../intake/items.ts';
import type { ClassifiedItem } from './classify-by-vectors.ts';

const CONCURRENT_INPUTS = 4;

export interface HostOptions {
  readonly labels: readonly (string | { label: string; prompts: readonly string[] })[];
  readonly template: string;
  readonly multiLabel: boolean;
}

/**
 * Zero-shot classification by a host that does not return vectors: pictures only, labels as words only, and a
 * softmax over the given labels, so that a single label always scores 1.
 *
 * @throws ApiError `unsupported_parameter` for what requires vectors
 */
export async function classifyByHost(
  model: ZeroShotModel,
  { items, placeOf }: ItemList,
  { labels, template, multiLabel }: HostOptions,
  call: Call,
): Promise<ClassifiedItem[]> {
  if (multiLabel) throw requiresVectors('multi_label');
  const words = labels.map((label, i) => {
    if (typeof label !== 'string') throw requiresVectors(`labels[${i}]`, 'with its own prompts');
    return label;
  });
  const inline: { at: number; picture: Picture }[] = [];
  const remote: { at: number; url: string; path: string }[] = [];
  for (const [at, item] of items.entries()) {
    if (item.kind === 'text') throw requiresVectors(placeOf(at), 'as a text');
    if ('url' in item) remote.push({ at, url: item.url, path: item.path });
    else inline.push({ at, picture: checkPicture(item.bytes, item.path) });
  }
  const targets = new Map<OtherFormat | undefined, readonly ZeroShotTarget[]>([[undefined, model.targets]]);
  const classified = new Array<ClassifiedItem>(items.length);
  const classify = async (pictures: readonly { at: number; picture: Picture }[]) => {
    for (const { at, picture } of pictures) {
      const format = otherFormatOf(picture);
      if (!format || targets.has(format)) continue;
      targets.set(format, await targetsDecoding(model.targets, format, placeOf(at), call));
    }
    await inParallel(pictures, CONCURRENT_INPUTS, call, async ({ at, picture }, part) => {
      const fitting = targets.get(otherFormatOf(picture)) ?? [];
      const scores = await firstThatAnswers({ targets: fitting }, part, (target, call) =>
        target.classify(picture, words, template, call),
      ).catch((error: unknown) => Promise.reject(blamed(error, () => [placeOf(at)])));
      classified[at] = words.map((label, i) => ({ label, score: scores[i] as number, cosine: null }));
    });
  };
  await classify(inline);
  for await (const round of loadPictures(remote, call)) {
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
