import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { hostOptions } from '../../call/host-options.ts';
import { inParallel } from '../../call/in-parallel.ts';
import type { EmbeddingInput, EmbeddingModel, EmbeddingTarget, Space } from '../../call/tasks.ts';
import { invalidAnswer } from '../../hosts/upstream/failure.ts';
import { firstThatAnswers } from '../../hosts/upstream/fallback.ts';
import { normalize } from './vector.ts';

/** Each has an answer in memory: at most this many vectors are on their way at the same time. */
const CONCURRENT_ITEMS = 256;
const CONCURRENT_BATCHES = 4;

/**
 * Lets a host embed inputs, in as few requests as the host's limits allow. `onVector` gets each unit vector as it arrives,
 * so that what was paid for is kept even if a later batch fails.
 *
 * @returns the tokens that the host read
 */
export async function embedMissing<Item extends { readonly input: EmbeddingInput }>(
  model: EmbeddingModel,
  items: readonly Item[],
  call: Call,
  onVector: (item: Item, vector: Float32Array) => void,
): Promise<number> {
  if (items.length === 0) return 0;
  const missing = new Set(items);
  let promptTokens = 0;
  await firstThatAnswers(model, call, async (target, call) => {
    let failure: unknown;
    const batches = inBatches([...missing], batchOf(target, call));
    const largest = Math.max(...batches.map(({ length }) => length));
    const most = Math.min(CONCURRENT_BATCHES, Math.max(1, Math.floor(CONCURRENT_ITEMS / largest)));
    await inParallel(batches, most, call, async (batch, part) => {
      if (failure) return;
      try {
        const { vectors, promptTokens: read } = await target.embed(
          batch.map(({ input }) => input),
          part,
        );
        batch.forEach((item, i) => {
          onVector(item, checkVector(vectors[i], model.space, target));
          missing.delete(item);
        });
        promptTokens += read;
      } catch (error) {
        // Batches that are already running are paid for: they end, and no other begins.
        failure ??= error;
      }
    });
    if (failure) throw failure;
  });
  return promptTokens;
}

/** What a host takes in one request: as its line or the operator says, or as its provider does. */
function batchOf(target: EmbeddingTarget, call: Call): EmbeddingTarget['batch'] {
  const texts = hostOptions(target, call.settings)?.texts;
  return texts === undefined ? target.batch : { ...target.batch, text: texts };
}

/** Batches of one modality, unless the host takes both in one request. */
function inBatches<Item extends { readonly input: EmbeddingInput }>(
  items: readonly Item[],
  batch: EmbeddingTarget['batch'],
): Item[][] {
  const groups: [readonly Item[], number][] = batch.mixed
    ? [[items, Math.min(batch.text, batch.image ?? batch.text)]]
    : [
        [items.filter(({ input }) => input.kind === 'text'), batch.text],
        [items.filter(({ input }) => input.kind === 'image'), batch.image ?? 1],
      ];
  return groups.flatMap(([group, most]) =>
    Array.from({ length: Math.ceil(group.length / most) }, (_, i) => group.slice(i * most, (i + 1) * most)),
  );
}

function checkVector(vector: Float32Array | undefined, space: Space, { host }: EmbeddingTarget): Float32Array {
  const unit = vector && normalize(vector);
  if (!unit) throw invalidAnswer(host.name, 'with a vector that has no direction');
  if (space.dimensions === undefined || unit.length === space.dimensions) return unit;
  if (space.isResized) throw ignored(host.name, unit.length);
  throw invalidAnswer(host.name, `with ${unit.length} dimensions; this model has ${space.dimensions}`);
}

/** Hosts that do not know `dimensions` answer with all of them, and would again. */
function ignored(name: string, dimensions: number): ApiError {
  return new ApiError(
    'unsupported_parameter',
    `The host ${name} does not support \`dimensions\` for this model: it answered with ${dimensions}.`,
    { param: 'dimensions' },
  );
}
