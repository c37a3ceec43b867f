import { digest } from '../bytes/digest.ts';
import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { Item } from '../intake/items.ts';
import { loadPictures } from '../pictures/load-pictures.ts';
import type { EmbeddingModel } from '../tasks.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import type { CacheUse } from './cache-use.ts';
import { embedMissing } from './embed-missing.ts';
import { VectorCache } from './vector-cache.ts';
import { collect, keyOf, oneEach, recall, setsOf, type Wanted } from './wanted.ts';

export interface CachedEmbeddings {
  /** One unit vector per item, in the order of the lists. */
  readonly vectors: readonly Float32Array[];
  /** Items that cost nothing (known before, or repeated within the request), and items that the host embedded. */
  readonly hits: number;
  readonly misses: number;
  /** Tokens that the host read for the misses. */
  readonly promptTokens: number;
  readonly cache: CacheUse;
}

/**
 * The read-through cache of embeddings: a batch of which half is known costs half, and a warm one costs nothing. Pictures
 * by URL are loaded, embedded and released in rounds, so that a small request cannot fill the memory of the isolate.
 *
 * @param lists items that are likely to come together again, such as the labels of a classification
 * @throws ApiError of a picture that cannot be loaded, or of the host that embeds the misses
 */
export async function embedItems(
  model: EmbeddingModel,
  lists: readonly (readonly Item[])[],
  call: Call,
): Promise<CachedEmbeddings> {
  const items = lists.flat();
  requireModalities(model, items);
  const cache = await VectorCache.open(model.space, call);
  const remembered = cache.use === 'full' && items.every(isText) ? cache.memory.recallAll(items) : undefined;
  if (remembered) return report(remembered, 0, 0, cache, call);

  const all = await collect(items, cache);
  const sets = cache.use === 'none' ? [] : setsOf(lists);
  await recall(all, cache, sets);
  cache.refresh(sets);
  const made = new Map<string, Float32Array>();
  let promptTokens = 0;
  const embed = async (wanted: readonly Wanted[]) => {
    const missing = oneEach(wanted, made);
    promptTokens += await embedMissing(model, [...missing.values()], call, ({ name, wanted }, vector) => {
      cache.keep(name, vector);
      made.set(keyOf(name), vector);
      for (const one of wanted) one.vector = vector;
    });
  };
  try {
    let inline = all.filter(({ input }) => input);
    const addressed = all.flatMap((one) => (one.address && !one.vector ? [{ ...one.address, wanted: one }] : []));
    for await (const round of loadPictures(addressed, call)) {
      const loaded: Wanted[] = [];
      for (const [{ url, wanted }, picture] of round) {
        const name = await digest(picture.bytes);
        cache.keepAddress(url, name);
        wanted.name = { kind: 'image', name };
        wanted.input = { kind: 'image', ...picture };
        loaded.push(wanted);
      }
      await recall(loaded, cache);
      // What came with the request goes along with the first round: hosts can take both in one request.
      await embed([...inline, ...loaded]);
      inline = [];
      for (const one of loaded) delete one.input;
    }
    await embed(inline);
  } finally {
    if (cache.use !== 'none') {
      const stored = cache.flush(vectorsByText(all));
      call.report.stored = stored;
      call.waitUntil(stored);
    }
  }
  const vectors = new Array<Float32Array>(items.length);
  for (const { positions, vector } of all) for (const at of positions) vectors[at] = vector as Float32Array;
  return report(vectors, made.size, promptTokens, cache, call);
}

function vectorsByText(all: readonly Wanted[]): (text: string) => Float32Array | undefined {
  const vectors = new Map(all.flatMap(({ name, vector }) => (name?.kind === 'text' ? [[name.name, vector]] : [])));
  return (text) => vectors.get(text);
}

const isText = (item: Item) => item.kind === 'text';

function report(
  vectors: readonly Float32Array[],
  misses: number,
  promptTokens: number,
  { use }: VectorCache,
  call: Call,
): CachedEmbeddings {
  requireEqualDimensions(vectors);
  const hits = vectors.length - misses;
  if (promptTokens > 0) call.report.tokens = { prompt: promptTokens, completion: 0 };
  if (use !== 'none') call.report.cache = { hits, misses, refreshed: use === 'refresh' };
  return { vectors, hits, misses, promptTokens, cache: use };
}

function requireModalities({ id, targets }: EmbeddingModel, items: readonly Item[]): void {
  const picture = items.find(({ kind }) => kind === 'image');
  if (!picture || targets.some(({ batch }) => batch.image !== undefined)) return;
  throw new ApiError('unsupported_parameter', `The model ${id} embeds text only; \`${picture.path}\` is a picture.`, {
    param: picture.path,
  });
}

/** If only the host knows the dimensions, another model may now be behind the same name. */
function requireEqualDimensions(vectors: readonly Float32Array[]): void {
  const length = vectors[0]?.length;
  for (const vector of vectors) {
    if (vector.length === length) continue;
    throw new UpstreamFailure(
      'invalid-answer',
      'The host answers with another number of dimensions than before. Send Cache-Control: no-cache to refresh.',
    );
  }
}
