import { digest } from '../bytes/digest.ts';
import type { Item } from '../intake/items.ts';
import { checkPicture, type PictureAddress } from '../pictures/pictures.ts';
import type { EmbeddingInput } from '../tasks.ts';
import type { VectorCache, VectorName } from './vector-cache.ts';
import { MIN_SET_TEXTS, VectorSet } from './vector-set.ts';

/** Equal items of a request: one vector, at several positions. */
export interface Wanted {
  readonly positions: number[];
  name?: VectorName;
  input?: EmbeddingInput;
  address?: PictureAddress;
  vector?: Float32Array;
}

/** Names the items of a request, equal ones once. A picture by URL has a name if its URL was fetched a short time ago. */
export async function collect(items: readonly Item[], cache: VectorCache): Promise<Wanted[]> {
  const all = new Map<string, Wanted>();
  const add = (key: string, position: number): Wanted => {
    let wanted = all.get(key);
    if (!wanted) {
      wanted = { positions: [] };
      all.set(key, wanted);
    }
    wanted.positions.push(position);
    return wanted;
  };
  const urls = [...new Set(items.flatMap((item) => ('url' in item ? [item.url] : [])))];
  const addresses = await cache.findAddresses(urls);
  for (const [position, item] of items.entries()) {
    if (item.kind === 'text') {
      const wanted = add(`text:${item.text}`, position);
      wanted.name ??= { kind: 'text', name: item.text };
      wanted.input ??= item;
    } else if ('url' in item) {
      const wanted = add(`url:${item.url}`, position);
      const name = addresses.get(item.url);
      wanted.address ??= item;
      if (name !== undefined) wanted.name ??= { kind: 'image', name };
    } else {
      const picture = checkPicture(item.bytes, item.path);
      const name = await digest(picture.bytes);
      const wanted = add(`image:${name}`, position);
      wanted.name ??= { kind: 'image', name };
      wanted.input ??= { kind: 'image', ...picture };
    }
  }
  return [...all.values()];
}

/** The sets of texts among the lists of a request that are large enough to be stored as one. */
export function setsOf(lists: readonly (readonly Item[])[]): VectorSet[] {
  const sets = new Map<string, VectorSet>();
  for (const items of lists) {
    const texts = items.flatMap((item) => (item.kind === 'text' ? [item.text] : []));
    if (texts.length < MIN_SET_TEXTS) continue;
    const set = new VectorSet(texts);
    if (set.texts.length >= MIN_SET_TEXTS) sets.set(set.id, set);
  }
  return [...sets.values()];
}

/** Sets the vectors that memory or KV has. */
export async function recall(
  wanted: readonly Wanted[],
  cache: VectorCache,
  sets: readonly VectorSet[] = [],
): Promise<void> {
  if (cache.use !== 'full') return;
  const unknown = new Map<VectorName, Wanted>();
  for (const one of wanted) {
    if (one.vector || !one.name) continue;
    const vector = cache.memory.get(one.name.kind, one.name.name);
    if (vector) one.vector = vector;
    else unknown.set(one.name, one);
  }
  const isUnknown = new Set([...unknown.keys()].map(keyOf));
  const incomplete = sets.filter(({ texts }) => texts.some((name) => isUnknown.has(keyOf({ kind: 'text', name }))));
  for (const [name, vector] of await cache.find([...unknown.keys()], incomplete)) {
    const one = unknown.get(name);
    if (one) one.vector = vector;
  }
}

export interface Missing {
  readonly name: VectorName;
  readonly input: EmbeddingInput;
  readonly wanted: Wanted[];
}

/** What must be embedded. Two URLs can show one picture: it is embedded once in a request, even in different rounds. */
export function oneEach(all: readonly Wanted[], made: ReadonlyMap<string, Float32Array>): Map<string, Missing> {
  const missing = new Map<string, Missing>();
  for (const wanted of all) {
    const { name, input } = wanted;
    if (!name || !input || wanted.vector) continue;
    const key = keyOf(name);
    const vector = made.get(key);
    const known = missing.get(key);
    if (vector) wanted.vector = vector;
    else if (known) known.wanted.push(wanted);
    else missing.set(key, { name, input, wanted: [wanted] });
  }
  return missing;
}

export const keyOf = ({ kind, name }: VectorName) => `${kind}:${name}`;
