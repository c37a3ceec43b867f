import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { Item } from '../intake/items.ts';
import type { EmbeddingModel } from '../tasks.ts';
import { embedMissing } from './embed-missing.ts';
import { type CacheUse, type LoadedItem, loadItems, loadUnknown } from './load-items.ts';
import { findVectors, keepVectors } from './vector-store.ts';

export interface EmbedOptions {
  readonly kv: KVNamespace;
  readonly cache: CacheUse;
}

export interface CachedEmbeddings {
  /** One unit vector per item, in order. */
  readonly vectors: readonly Float32Array[];
  /** Items that cost nothing (known before, or repeats within the request), and items that the host embedded. */
  readonly hits: number;
  readonly misses: number;
  /** Tokens that the host read for the misses. */
  readonly promptTokens: number;
}

/**
 * The read-through cache of embeddings: a batch of which half is known costs half, and a warm one costs nothing.
 *
 * @throws ApiError of a picture that cannot be had, or of the host that was to embed the misses
 */
export async function embedItems(
  model: EmbeddingModel,
  items: readonly Item[],
  call: Call,
  { kv, cache }: EmbedOptions,
): Promise<CachedEmbeddings> {
  requireModalities(model, items);
  const { space } = model;
  let loaded = await loadItems(items, call, { kv, cache });
  const found = new Map<string, Float32Array>();
  if (cache === 'full') {
    await findVectors(space, loaded, found, kv, call.report);
    const reloaded = await loadUnknown(loaded, found);
    if (reloaded.size > 0) {
      loaded = loaded.map((item) => reloaded.get(item) ?? item);
      await findVectors(space, reloaded.values(), found, kv, call.report);
    }
  }
  const missing = new Map<string, LoadedItem>();
  for (const item of loaded) if ('input' in item && !found.has(item.identity)) missing.set(item.identity, item);
  const made = new Map<LoadedItem, Float32Array>();
  let promptTokens: number;
  try {
    promptTokens = await embedMissing(model, [...missing.values()], made, call);
  } finally {
    for (const [{ identity }, vector] of made) found.set(identity, vector);
    if (cache !== 'none' && made.size > 0) call.waitUntil(keepVectors(space, made, kv, call.report));
  }
  const vectors = loaded.map(({ identity }) => found.get(identity) as Float32Array);
  requireEqualDimensions(vectors);
  const misses = missing.size;
  const hits = items.length - misses;
  if (cache !== 'none') call.report.cache = { hits, misses, refreshed: cache === 'refresh' };
  return { vectors, hits, misses, promptTokens };
}

function requireModalities({ id, targets }: EmbeddingModel, items: readonly Item[]): void {
  const picture = items.find(({ kind }) => kind === 'image');
  if (!picture || targets.some(({ batch }) => batch.image !== undefined)) return;
  throw new ApiError('unsupported_parameter', `The model ${id} embeds text only; \`${picture.path}\` is a picture.`, {
    param: picture.path,
  });
}

/** Where only the host knows the dimensions, another model may have come to stand behind the same name. */
function requireEqualDimensions(vectors: readonly Float32Array[]): void {
  if (vectors.every((vector) => vector.length === vectors[0]?.length)) return;
  throw new ApiError(
    'upstream_invalid_answer',
    'The host answers with another number of dimensions than before. Send Cache-Control: no-cache to refresh.',
  );
}
