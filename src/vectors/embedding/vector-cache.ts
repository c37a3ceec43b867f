import type { Caller } from '../../access/caller.ts';
import { digest } from '../../base/bytes/digest.ts';
import { decodeFloats, encodeFloats } from '../../base/bytes/floats.ts';
import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import type { Space } from '../../call/tasks.ts';
import { type CacheUse, cacheUseOf } from './cache-use.ts';
import { type EmbeddingEntry, type IdentifiedEntry, isIdentified } from './embedding-batch.ts';
import { KvStore, type Write } from './kv-store.ts';
import { planWrites } from './plan-writes.ts';
import { SpaceDimensions } from './space-dimensions.ts';
import { spaceKey } from './space-key.ts';
import { isStored } from './vector.ts';
import { VectorMemory } from './vector-memory.ts';
import type { VectorSet } from './vector-set.ts';

/** Vectors of a space never change. They expire so that those of abandoned spaces disappear. */
const VECTOR_TTL_SECONDS = 90 * 24 * 3600;
/**
 * How long a URL is assumed to show the same picture, so that a warm request fetches neither picture nor
 * vector.
 */
const URL_TTL_SECONDS = 300;

/**
 * The cache of one space, as one request uses it: memory before KV (docs/storage.md). Vectors and content ids
 * that are kept are written to KV by `flush`.
 */
export class VectorCache {
  readonly use: CacheUse;
  readonly memory: VectorMemory;
  readonly dimensions: SpaceDimensions;
  readonly #space: Space;
  readonly #key: string;
  /** Ends the names of what is not shared with other accounts. */
  readonly #owner: string;
  readonly #store: KvStore;
  /** The sets of the request that are not stored yet, as far as is known. */
  readonly #newSets: VectorSet[] = [];
  readonly #newVectors: IdentifiedEntry[] = [];
  readonly #newContentIds: Write[] = [];

  /** @throws ApiError `configuration_invalid` without the KV binding */
  static async open(space: Space, call: Call): Promise<VectorCache> {
    const problem = call.settings.problems.EMBEDDINGS;
    if (problem) throw new ApiError('configuration_invalid', problem);
    const key = await spaceKey(space, call);
    return new VectorCache(space, { key, owner: await ownerOf(call.caller) }, call);
  }

  private constructor(space: Space, { key: shared, owner }: { key: string; owner: string }, call: Call) {
    const key = `${shared}${owner}`;
    this.#owner = owner;
    this.use = cacheUseOf(call.headers);
    this.memory = new VectorMemory(key);
    this.#space = space;
    this.#key = key;
    this.#store = new KvStore(call);
    this.dimensions = new SpaceDimensions({ space, key, use: this.use, memory: this.memory, store: this.#store });
  }

  /**
   * Sets the vectors that memory or KV has. Each set is one read of KV; then missing vectors are read by
   * themselves.
   *
   * @param sets those that the texts are part of
   */
  async recall(entries: readonly EmbeddingEntry[], sets: readonly VectorSet[] = []): Promise<void> {
    if (this.use !== 'full') return;
    await this.dimensions.load();
    const unknown: IdentifiedEntry[] = [];
    for (const one of entries) {
      if (!isIdentified(one) || one.vector) continue;
      one.vector = this.#ofThisSpace(this.memory.get(one.kind, one.contentId));
      if (!one.vector) unknown.push(one);
    }
    if (unknown.length === 0) return;
    const incomplete = sets.filter(({ texts }) => texts.some(({ vector }) => !vector));
    const isInSet = inSets(incomplete);
    await Promise.all([this.#readSets(incomplete), this.#readVectors(unknown.filter((one) => !isInSet(one)))]);
    await this.#readVectors(unknown.filter((one) => !one.vector && isInSet(one)));
    for (const { kind, contentId, vector } of unknown) if (vector) this.memory.set(kind, contentId, vector);
  }

  async #readSets(sets: readonly VectorSet[]): Promise<void> {
    await Promise.all(
      sets.map(async (set) => {
        const stored = await this.#store.readBytes(await this.#setKey(set));
        const vectors = stored && set.read(stored, this.#space);
        if (!vectors?.every((vector) => this.dimensions.fits(vector))) {
          this.#newSets.push(set);
          return;
        }
        vectors.forEach((vector, i) => {
          (set.texts[i] as IdentifiedEntry).vector ??= vector;
        });
      }),
    );
  }

  #readVectors(entries: readonly IdentifiedEntry[]): Promise<void> {
    const keyOf = (one: IdentifiedEntry) => this.#vectorKey(one);
    return this.#store.readEach(entries, keyOf, (one, value) => {
      one.vector = this.#ofThisSpace(decodeStored(value, this.#space));
    });
  }

  #ofThisSpace(vector: Float32Array | undefined): Float32Array | undefined {
    return vector && this.dimensions.fits(vector) ? vector : undefined;
  }

  /** Sets of which every vector is made again. */
  refresh(sets: readonly VectorSet[]): void {
    if (this.use === 'refresh') this.#newSets.push(...sets);
  }

  /** Keeps a vector: in memory at once, so that the next request has it, and in KV with the next `flush`. */
  keep(made: EmbeddingEntry): void {
    if (this.use === 'none' || !isIdentified(made) || !made.vector) return;
    this.memory.set(made.kind, made.contentId, made.vector);
    this.#newVectors.push(made);
  }

  /** @returns the digests of pictures, by URL, as far as they are known */
  async findContentIds(urls: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    if (this.use !== 'full') return found;
    await this.#store.readEach(
      urls,
      (url) => this.#urlKey(url),
      (url, contentId) => {
        if (/^[\w-]{43}$/.test(contentId)) found.set(url, contentId);
      },
    );
    return found;
  }

  keepContentId(url: string, contentId: string): void {
    if (this.use === 'none') return;
    this.#newContentIds.push({ ttlSeconds: URL_TTL_SECONDS, entry: async () => [await this.#urlKey(url), contentId] });
  }

  /**
   * Writes what was kept, the most valuable first: see `planWrites`. Last come content ids of URLs, which
   * save fetching a picture.
   */
  flush(): Promise<void> {
    if (this.dimensions.isRefused) this.#dropNew();
    const first = this.dimensions.writes;
    const { newSets, vectors, knownSets } = planWrites({
      vectors: this.#newVectors.splice(0),
      sets: this.#newSets.splice(0),
      budget: this.#store.writesLeft - first.length,
      use: this.use,
    });
    return this.#store.writeAll([
      ...first,
      ...newSets.map((set) => this.#setWrite(set)),
      ...vectors.map((one) => this.#vectorWrite(one)),
      ...knownSets.map((set) => ({ ...this.#setWrite(set), isExtra: true })),
      ...this.#newContentIds.splice(0),
    ]);
  }

  /** The host contradicted itself: its vectors may be those of another model. */
  #dropNew(): void {
    for (const { kind, contentId } of this.#newVectors.splice(0)) this.memory.forget(kind, contentId);
    this.#newSets.length = 0;
  }

  #vectorWrite(one: IdentifiedEntry): Write {
    const entry = async () => [await this.#vectorKey(one), encodeFloats(one.vector as Float32Array)] as const;
    return { ttlSeconds: VECTOR_TTL_SECONDS, entry };
  }

  #setWrite(set: VectorSet): Write {
    return { ttlSeconds: VECTOR_TTL_SECONDS, entry: async () => [await this.#setKey(set), set.value()] };
  }

  async #urlKey(url: string): Promise<string> {
    return `picture-url:v1:${await digest(url)}${this.#owner}`;
  }

  async #setKey(set: VectorSet): Promise<string> {
    return `embedding-set:v1:${this.#key}:${await set.name()}`;
  }

  async #vectorKey(one: IdentifiedEntry): Promise<string> {
    const { kind, contentId } = one;
    const what = kind === 'image' ? 'image' : 'text';
    one.key ??= `embedding:v1:${this.#key}:${what}:${kind === 'text' ? await digest(contentId) : contentId}`;
    return one.key;
  }
}

function inSets(sets: readonly VectorSet[]): (entry: IdentifiedEntry) => boolean {
  if (sets.length === 0) return () => false;
  const texts = new Set(sets.flatMap((set) => set.texts));
  return (entry) => texts.has(entry);
}

/**
 * The last part of a space, and of the name of a URL, for an account that shares no vectors. No caller can
 * write it: it follows the part of the endpoint, or an id of the catalogue.
 */
async function ownerOf({ vectorCache, account }: Caller): Promise<string> {
  return vectorCache === 'private' ? `~${(await digest(account)).slice(0, 16)}` : '';
}

/** @returns undefined if a stored value is damaged: the vector is then made, and written, again */
function decodeStored(value: string, space: Space): Float32Array | undefined {
  try {
    const vector = decodeFloats(value, () => new Error('damaged'));
    return isStored(vector, space) ? vector : undefined;
  } catch {
    return undefined;
  }
}
