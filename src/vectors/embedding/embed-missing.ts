import type { OtherFormat } from '../../base/bytes/file-kind.ts';
import type { Call } from '../../call/call.ts';
import { hostOptions } from '../../call/host-options.ts';
import { inParallel } from '../../call/in-parallel.ts';
import type { EmbeddingInput, EmbeddingModel, EmbeddingTarget } from '../../call/tasks.ts';
import { otherFormatOf, targetsDecoding } from '../../hosts/pictures/decoding.ts';
import { blamed } from '../../hosts/upstream/blame.ts';
import { invalidAnswer } from '../../hosts/upstream/failure.ts';
import { firstThatAnswers } from '../../hosts/upstream/fallback.ts';
import { normalize } from './vector.ts';

/** Each has an answer in memory: at most this many vectors are on their way at the same time. */
const CONCURRENT_ITEMS = 256;
const CONCURRENT_BATCHES = 4;

interface Missing {
  readonly input: EmbeddingInput;
}

export interface EmbedOptions<Item> {
  /** Checks the vectors of an answer before any of them is used. @throws UpstreamFailure */
  check(vectors: readonly Float32Array[], host: string): void;
  /** Gets each unit vector as it arrives, so that what was paid for is kept even if a later batch fails. */
  onVector(item: Item, vector: Float32Array): void;
  /** Where an item is in the request, for errors. */
  placeOf(item: Item): string;
}

/**
 * Lets a host embed inputs, in as few requests as the host's limits allow. A picture only goes to hosts that
 * decode its format.
 *
 * @returns the tokens that the host read
 * @throws ApiError `invalid_picture` for a picture that no host decodes, before any is asked
 */
export async function embedMissing<Item extends Missing>(
  model: EmbeddingModel,
  items: readonly Item[],
  call: Call,
  options: EmbedOptions<Item>,
): Promise<number> {
  let promptTokens = 0;
  for (const [targets, group] of await byTargets(model, items, call, options)) {
    promptTokens += await embedAt(targets, group, { call, ...options });
  }
  return promptTokens;
}

/** The items, by the targets that can embed them: nearly always all by all. */
async function byTargets<Item extends Missing>(
  { targets }: EmbeddingModel,
  items: readonly Item[],
  call: Call,
  { placeOf }: EmbedOptions<Item>,
): Promise<Map<readonly EmbeddingTarget[], Item[]>> {
  const ofFormat = new Map<OtherFormat | undefined, readonly EmbeddingTarget[]>([[undefined, targets]]);
  const groups = new Map<readonly EmbeddingTarget[], Item[]>();
  for (const item of items) {
    const format = otherFormatOf(item.input);
    let fitting = ofFormat.get(format);
    if (!fitting) {
      const some = await targetsDecoding(targets, format as OtherFormat, placeOf(item), call);
      fitting = some.length === targets.length ? targets : some;
      ofFormat.set(format, fitting);
    }
    const group = groups.get(fitting);
    if (group) group.push(item);
    else groups.set(fitting, [item]);
  }
  return groups;
}

async function embedAt<Item extends Missing>(
  targets: readonly EmbeddingTarget[],
  items: readonly Item[],
  { call, check, onVector, placeOf }: EmbedOptions<Item> & { readonly call: Call },
): Promise<number> {
  const missing = new Set(items);
  let promptTokens = 0;
  await firstThatAnswers({ targets }, call, async (target, call) => {
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
        check(vectors, target.host.name);
        batch.forEach((item, i) => {
          onVector(item, unitVector(vectors[i], target));
          missing.delete(item);
        });
        promptTokens += read;
      } catch (error) {
        // Batches that are already running are paid for: they end, and no other begins.
        failure ??= blamed(error, () => batch.map(placeOf));
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
function inBatches<Item extends Missing>(items: readonly Item[], batch: EmbeddingTarget['batch']): Item[][] {
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

function unitVector(vector: Float32Array | undefined, { host }: EmbeddingTarget): Float32Array {
  const unit = vector && normalize(vector);
  if (!unit) throw invalidAnswer(host.name, 'with a vector that has no direction');
  return unit;
}
