import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { EmbeddingModel, EmbeddingTarget, Space } from '../tasks.ts';
import { firstThatAnswers } from '../upstream/fallback.ts';
import type { LoadedItem } from './load-items.ts';
import { normalize } from './vector.ts';

const CONCURRENT_BATCHES = 4;

/**
 * Has a host embed what the cache does not know, in as few requests as the host's limits allow. Adds each unit vector
 * to `made` as it comes, so that what was paid for is kept even where a later batch fails.
 *
 * @returns the tokens that the host read
 */
export async function embedMissing(
  model: EmbeddingModel,
  items: readonly LoadedItem[],
  made: Map<LoadedItem, Float32Array>,
  call: Call,
): Promise<number> {
  let promptTokens = 0;
  if (items.length === 0) return promptTokens;
  await firstThatAnswers(model, call, async (target, call) => {
    const batches = inBatches(
      items.filter((item) => !made.has(item)),
      target,
    );
    const next = batches.values();
    const work = async () => {
      for (const batch of next) {
        const { vectors, promptTokens: read } = await target.embed(
          batch.map(({ input }) => input),
          call,
        );
        batch.forEach((item, i) => {
          made.set(item, checkVector(vectors[i], model.space, target));
        });
        promptTokens += read;
      }
    };
    const workers = Math.min(CONCURRENT_BATCHES, batches.length);
    if (workers > 1) call.cancellation.abortable = true;
    const outcomes = await Promise.allSettled(Array.from({ length: workers }, work));
    const failure = outcomes.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
  });
  return promptTokens;
}

/** Batches of one modality, except where the host takes both in one request. */
function inBatches(items: readonly LoadedItem[], { batch }: EmbeddingTarget): LoadedItem[][] {
  const groups: [readonly LoadedItem[], number][] = batch.mixed
    ? [[items, Math.min(batch.text, batch.image ?? batch.text)]]
    : [
        [items.filter(({ kind }) => kind === 'text'), batch.text],
        [items.filter(({ kind }) => kind === 'image'), batch.image ?? 1],
      ];
  return groups.flatMap(([group, most]) =>
    Array.from({ length: Math.ceil(group.length / most) }, (_, i) => group.slice(i * most, (i + 1) * most)),
  );
}

function checkVector(vector: Float32Array | undefined, space: Space, { host }: EmbeddingTarget): Float32Array {
  const unit = vector && normalize(vector);
  if (!unit) {
    throw new ApiError(
      'upstream_invalid_answer',
      `The host ${host.name} answered with a vector that has no direction.`,
    );
  }
  if (space.dimensions === undefined || unit.length === space.dimensions) return unit;
  throw new ApiError(
    'upstream_invalid_answer',
    `The host ${host.name} answered with ${unit.length} dimensions; this model has ${space.dimensions}.`,
  );
}
