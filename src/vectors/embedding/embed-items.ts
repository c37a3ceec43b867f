import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import type { EmbeddingInput, EmbeddingModel } from '../../call/tasks.ts';
import { loadPictures } from '../../hosts/pictures/load-pictures.ts';
import { UpstreamFailure } from '../../hosts/upstream/failure.ts';
import type { Item, ItemList } from '../../intake/items.ts';
import type { CacheUse } from './cache-use.ts';
import { embedMissing } from './embed-missing.ts';
import { EmbeddingBatch, type EmbeddingEntry } from './embedding-batch.ts';
import { VectorCache } from './vector-cache.ts';
import { setsOf } from './vector-set.ts';

export interface CachedEmbeddings {
  /** One unit vector per item, in the order of the lists. */
  readonly vectors: readonly Float32Array[];
  /**
   * Items that cost nothing (known before, or repeated within the request), and items that the host embedded.
   */
  readonly hits: number;
  readonly misses: number;
  /** Tokens that the host read for the misses. */
  readonly promptTokens: number;
  readonly cache: CacheUse;
  /** What identifies the content of an item: the digest of a picture. */
  contentIdOf(place: number): string;
}

/**
 * The read-through cache of embeddings: a batch of which half is known costs half, and a warm one costs
 * nothing. Pictures by URL are loaded, embedded and released in rounds, so that a small request cannot fill
 * the memory of the isolate.
 *
 * @param lists items that are likely to come together again, such as the labels of a classification
 * @throws ApiError of a picture that cannot be loaded, or of the host that embeds the misses
 */
export async function embedItems(
  model: EmbeddingModel,
  lists: readonly ItemList[],
  call: Call,
): Promise<CachedEmbeddings> {
  const items = lists.flatMap(({ items }) => items);
  requireModalities(model, items);
  const cache = await VectorCache.open(model.space, call);
  const remembered = cache.use === 'full' && items.every(isShortText) ? cache.memory.recallAll(items) : undefined;
  if (remembered?.every((vector) => cache.dimensions.fits(vector))) {
    const contentIdOf = (place: number) => (items[place] as { text: string }).text;
    return { ...report({ vectors: remembered, misses: 0, promptTokens: 0, use: cache.use }, call), contentIdOf };
  }

  const batch = await EmbeddingBatch.of(lists, (urls) => cache.findContentIds(urls));
  const sets = cache.use === 'none' ? [] : setsOf(batch.lists());
  await cache.recall(batch.all, sets);
  cache.refresh(sets);
  let misses = 0;
  let promptTokens = 0;
  const embed = async (all: readonly EmbeddingEntry[]) => {
    const missing = all.filter((one): one is Missing => one.input !== undefined && one.vector === undefined);
    promptTokens += await embedMissing(model, missing, call, {
      placeOf: (one) => batch.placeOf(one),
      check: (vectors, host) => cache.dimensions.require(vectors, host),
      onVector(one, vector) {
        one.vector = vector;
        misses++;
        cache.keep(one);
      },
    });
  };
  try {
    let inline = batch.all.filter(({ input }) => input);
    const remote = batch.all.flatMap((one) => (one.remote && !one.vector ? [{ ...one.remote, entry: one }] : []));
    for await (const round of loadPictures(remote, call)) {
      const loaded: EmbeddingEntry[] = [];
      for (const [{ url, entry: one }, picture] of round) {
        if (await batch.setFetched(one, picture)) loaded.push(one);
        cache.keepContentId(url, one.contentId as string);
      }
      await cache.recall(loaded);
      // What came with the request goes along with the first round: hosts can take both in one request.
      await embed([...inline, ...loaded]);
      inline = [];
      for (const one of loaded) one.input = undefined;
    }
    await embed(inline);
  } finally {
    if (cache.use !== 'none') {
      const stored = cache.flush();
      call.report.stored = stored;
      call.waitUntil(stored);
    }
  }
  const contentIdOf = (place: number) => batch.contentIdOf(place);
  return { ...report({ vectors: batch.vectors(), misses, promptTokens, use: cache.use }, call), contentIdOf };
}

type Missing = EmbeddingEntry & { readonly input: EmbeddingInput };

const isShortText = (item: Item) => 'text' in item;

type Found = Pick<CachedEmbeddings, 'vectors' | 'misses' | 'promptTokens'> & Pick<VectorCache, 'use'>;

function report({ vectors, misses, promptTokens, use }: Found, call: Call): Omit<CachedEmbeddings, 'contentIdOf'> {
  requireEqualDimensions(vectors);
  const hits = vectors.length - misses;
  if (promptTokens > 0) call.outcome.addTokens({ prompt: promptTokens, completion: 0 });
  if (use !== 'none') call.outcome.addCacheUse({ hits, misses, refreshed: use === 'refresh' });
  return { vectors, hits, misses, promptTokens, cache: use };
}

function requireModalities({ id, targets }: EmbeddingModel, items: readonly Item[]): void {
  const picture = items.find((item) => item.kind === 'image');
  if (!picture || targets.some(({ batch }) => batch.image !== undefined)) return;
  throw new ApiError('unsupported_parameter', `The model ${id} embeds text only; \`${picture.path}\` is a picture.`, {
    param: picture.path,
  });
}

/** If only the host knows the dimensions, and a cached vector was all that said how many they are. */
function requireEqualDimensions(vectors: readonly Float32Array[]): void {
  const length = vectors[0]?.length;
  for (const vector of vectors) {
    if (vector.length === length) continue;
    throw new UpstreamFailure(
      'invalid-answer',
      'The host answers with another number of dimensions than before. Send the request again.',
    );
  }
}
