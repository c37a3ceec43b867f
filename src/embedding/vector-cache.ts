import { digest } from '../bytes/digest.ts';
import { decodeFloats, encodeFloats } from '../bytes/floats.ts';
import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { Space } from '../tasks.ts';
import { type CacheUse, cacheUseOf } from './cache-use.ts';
import { KvStore, type Write } from './kv-store.ts';
import { spaceKey } from './space-key.ts';
import { isStored } from './vector.ts';
import { VectorMemory } from './vector-memory.ts';
import type { VectorSet } from './vector-set.ts';

/** Vectors of a space never change. They expire so that those of abandoned spaces disappear. */
const VECTOR_TTL_SECONDS = 90 * 24 * 3600;
/** How long a URL is assumed to show the same picture, so that a warm request fetches neither picture nor vector. */
const ADDRESS_TTL_SECONDS = 300;

/** The name of an item in the cache: two items with one name have one vector. */
export type VectorName =
  | { readonly kind: 'text'; readonly name: string }
  /** The name of a picture is the digest of its bytes: its URL, data URL and upload are the same item. */
  | { readonly kind: 'image'; readonly name: string };

/**
 * The cache of one space, as one request uses it: memory before KV (docs/storage.md). Vectors and addresses that are kept
 * are written to KV by `flush`.
 */
export class VectorCache {
  readonly use: CacheUse;
  readonly memory: VectorMemory;
  readonly #space: Space;
  readonly #key: string;
  readonly #store: KvStore;
  /** The sets of the request that are not stored yet, as far as is known. */
  readonly #newSets: VectorSet[] = [];
  /** A digest takes 10 us, and a new vector is looked for before it is written. */
  readonly #vectorKeys = new Map<VectorName, string>();
  readonly #newTexts = new Set<string>();
  readonly #newVectors: { readonly name: VectorName; readonly write: Write }[] = [];
  readonly #newAddresses: Write[] = [];

  /** @throws ApiError `configuration_invalid` without the KV binding */
  static async open(space: Space, call: Call): Promise<VectorCache> {
    const problem = call.settings.problems.EMBEDDINGS;
    if (problem) throw new ApiError('configuration_invalid', problem);
    return new VectorCache(space, await spaceKey(space), call);
  }

  private constructor(space: Space, key: string, call: Call) {
    this.use = cacheUseOf(call.headers);
    this.memory = new VectorMemory(key);
    this.#space = space;
    this.#key = key;
    this.#store = new KvStore(call);
  }

  /**
   * Reads vectors that memory does not have: sets with one read each, then what is missing one by one.
   *
   * @param sets those that the names are part of
   * @returns those that KV has, by the names given
   */
  async find<Name extends VectorName>(
    names: readonly Name[],
    sets: readonly VectorSet[],
  ): Promise<Map<Name, Float32Array>> {
    const found = new Map<Name, Float32Array>();
    const isInSet = inSets(sets);
    const single = names.filter((name) => !isInSet(name));
    const [fromSets] = await Promise.all([this.#readSets(sets), this.#readVectors(single, found)]);
    const rest: Name[] = [];
    for (const name of names) {
      if (!isInSet(name)) continue;
      const vector = fromSets.get(name.name);
      if (vector) found.set(name, vector);
      else rest.push(name);
    }
    await this.#readVectors(rest, found);
    for (const [{ kind, name }, vector] of found) this.memory.set(kind, name, vector);
    return found;
  }

  async #readSets(sets: readonly VectorSet[]): Promise<Map<string, Float32Array>> {
    const found = new Map<string, Float32Array>();
    await Promise.all(
      sets.map(async (set) => {
        const stored = await this.#store.readBytes(await this.#setKey(set));
        const vectors = stored && set.read(stored, this.#space);
        if (!vectors) this.#newSets.push(set);
        for (const [text, vector] of vectors ?? []) found.set(text, vector);
      }),
    );
    return found;
  }

  async #readVectors<Name extends VectorName>(names: readonly Name[], found: Map<Name, Float32Array>): Promise<void> {
    if (names.length === 0) return;
    const keys = await Promise.all(names.map((name) => this.#vectorKey(name)));
    const values = await this.#store.readMany(keys);
    names.forEach((name, i) => {
      const vector = decodeStored(values.get(keys[i] as string), this.#space);
      if (vector) found.set(name, vector);
    });
  }

  /** Sets of which every vector is made again. */
  refresh(sets: readonly VectorSet[]): void {
    if (this.use === 'refresh') this.#newSets.push(...sets);
  }

  /** Keeps a vector: in memory at once, so that the next request has it, and in KV with the next `flush`. */
  keep(name: VectorName, vector: Float32Array): void {
    if (this.use === 'none') return;
    this.memory.set(name.kind, name.name, vector);
    if (name.kind === 'text') this.#newTexts.add(name.name);
    const entry = async () => [await this.#vectorKey(name), encodeFloats(vector)] as const;
    this.#newVectors.push({ name, write: { ttlSeconds: VECTOR_TTL_SECONDS, entry } });
  }

  /** @returns the digests of pictures, by URL, as far as they are known */
  async findAddresses(urls: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    if (this.use !== 'full' || urls.length === 0) return found;
    const keys = await Promise.all(urls.map(addressKey));
    const values = await this.#store.readMany(keys);
    urls.forEach((url, i) => {
      const name = values.get(keys[i] as string);
      if (name !== undefined && /^[\w-]{43}$/.test(name)) found.set(url, name);
    });
    return found;
  }

  keepAddress(url: string, name: string): void {
    if (this.use === 'none') return;
    this.#newAddresses.push({ ttlSeconds: ADDRESS_TTL_SECONDS, entry: async () => [await addressKey(url), name] });
  }

  /**
   * Writes what was kept, the most valuable first. If there are more new vectors than writes, a set of them is one write in
   * place of one for each. Sets that were found one by one save reads, and addresses save fetching a picture.
   *
   * @param vectorOf the vectors of the request, by text
   */
  flush(vectorOf: (text: string) => Float32Array | undefined): Promise<void> {
    const vectors = this.#newVectors.splice(0);
    const isNew = ({ texts }: VectorSet) => texts.some((text) => this.#newTexts.has(text));
    const sets = this.#newSets.splice(0);
    const isTooMany = vectors.length > this.#store.writesLeft;
    const newSets =
      isTooMany || this.use === 'refresh'
        ? sets
            .filter(isNew)
            .flatMap((set) => this.#setWrite(set, vectorOf))
            .slice(0, this.#store.writesLeft)
        : [];
    const isCovered = isTooMany ? inSets(newSets.map(({ set }) => set)) : () => false;
    const single = vectors.filter(({ name }) => !isCovered(name));
    const oldSets = sets.filter((set) => !isNew(set)).flatMap((set) => this.#setWrite(set, vectorOf));
    return this.#store.writeAll([
      ...newSets.map(({ write }) => write),
      ...single.map(({ write }) => write),
      ...oldSets.map(({ write }) => ({ ...write, isExtra: true })),
      ...this.#newAddresses.splice(0),
    ]);
  }

  #setWrite(set: VectorSet, vectorOf: (text: string) => Float32Array | undefined): { set: VectorSet; write: Write }[] {
    const value = set.write(vectorOf);
    if (!value) return [];
    return [{ set, write: { ttlSeconds: VECTOR_TTL_SECONDS, entry: async () => [await this.#setKey(set), value] } }];
  }

  async #setKey(set: VectorSet): Promise<string> {
    return `embedding-set:v1:${this.#key}:${await set.name()}`;
  }

  async #vectorKey(name: VectorName): Promise<string> {
    let key = this.#vectorKeys.get(name);
    if (key === undefined) {
      key = `embedding:v1:${this.#key}:${name.kind}:${name.kind === 'text' ? await digest(name.name) : name.name}`;
      this.#vectorKeys.set(name, key);
    }
    return key;
  }
}

function inSets(sets: readonly VectorSet[]): (name: VectorName) => boolean {
  const texts = new Set(sets.flatMap((set) => set.texts));
  return ({ kind, name }) => kind === 'text' && texts.has(name);
}

async function addressKey(url: string): Promise<string> {
  return `picture-url:v1:${await digest(url)}`;
}

/** @returns undefined if a stored value is missing or damaged: the vector is then made, and written, again */
function decodeStored(value: string | undefined, space: Space): Float32Array | undefined {
  if (value === undefined) return undefined;
  try {
    const vector = decodeFloats(value, () => new Error('damaged'));
    return isStored(vector, space) ? vector : undefined;
  } catch {
    return undefined;
  }
}
