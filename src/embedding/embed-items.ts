import { digest } from '../bytes/digest.ts';
import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { Item } from '../intake/items.ts';
import { loadPictures } from '../pictures/load-pictures.ts';
import { checkPicture, type PictureAddress } from '../pictures/pictures.ts';
import type { EmbeddingInput, EmbeddingModel } from '../tasks.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import { embedMissing } from './embed-missing.ts';
import { type CacheUse, VectorCache, type VectorName } from './vector-cache.ts';

export interface CachedEmbeddings {
  /** One unit vector per item, in order. */
  readonly vectors: readonly Float32Array[];
  /** Items that cost nothing (known before, or repeated within the request), and items that the host embedded. */
  readonly hits: number;
  readonly misses: number;
  /** Tokens that the host read for the misses. */
  readonly promptTokens: number;
  readonly cache: CacheUse;
}

/** Equal items of a request: one vector, at several positions. */
interface Wanted {
  readonly positions: number[];
  name?: VectorName;
  input?: EmbeddingInput;
  address?: PictureAddress;
  vector?: Float32Array;
}

/**
 * The read-through cache of embeddings: a batch of which half is known costs half, and a warm one costs nothing. Pictures
 * by URL are loaded, embedded and released in rounds, so that a small request cannot fill the memory of the isolate.
 *
 * @throws ApiError of a picture that cannot be loaded, or of the host that embeds the misses
 */
export async function embedItems(model: EmbeddingModel, items: readonly Item[], call: Call): Promise<CachedEmbeddings> {
  requireModalities(model, items);
  const cache = await VectorCache.open(model.space, call);
  const remembered = cache.use === 'full' ? fromMemory(items, cache) : undefined;
  if (remembered) return report(remembered, 0, 0, cache, call);

  const all = await collect(items, cache);
  await recall(all, cache);
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
    call.waitUntil(cache.flush());
  }
  const vectors = new Array<Float32Array>(items.length);
  for (const { positions, vector } of all) for (const at of positions) vectors[at] = vector as Float32Array;
  return report(vectors, made.size, promptTokens, cache, call);
}

/** @returns the vectors of all items, if all are texts that the isolate knows: most requests, without an object per item */
function fromMemory(items: readonly Item[], { memory }: VectorCache): Float32Array[] | undefined {
  const vectors = new Array<Float32Array>(items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    const vector = item.kind === 'text' ? memory.get('text', item.text) : undefined;
    if (!vector) return undefined;
    vectors[i] = vector;
  }
  return vectors;
}

/** Names the items of a request, equal ones once. A picture by URL has a name if its URL was fetched a short time ago. */
async function collect(items: readonly Item[], cache: VectorCache): Promise<Wanted[]> {
  const all = new Map<string, Wanted>();
  const add = (key: string, position: number, wanted: () => Omit<Wanted, 'positions'>) => {
    const known = all.get(key);
    if (known) known.positions.push(position);
    else all.set(key, { ...wanted(), positions: [position] });
  };
  const urls = [...new Set(items.flatMap((item) => ('url' in item ? [item.url] : [])))];
  const addresses = await cache.findAddresses(urls);
  for (const [position, item] of items.entries()) {
    if (item.kind === 'text') {
      const { text } = item;
      add(`text:${text}`, position, () => ({ name: { kind: 'text', name: text }, input: { kind: 'text', text } }));
    } else if ('url' in item) {
      const name = addresses.get(item.url);
      add(`url:${item.url}`, position, () => ({
        address: item,
        ...(name === undefined ? {} : { name: { kind: 'image', name } }),
      }));
    } else {
      const picture = checkPicture(item.bytes, item.path);
      const name = await digest(picture.bytes);
      add(`image:${name}`, position, () => ({
        name: { kind: 'image', name },
        input: { kind: 'image', ...picture },
      }));
    }
  }
  return [...all.values()];
}

/** Sets the vectors that memory or KV has. */
async function recall(wanted: readonly Wanted[], cache: VectorCache): Promise<void> {
  if (cache.use !== 'full') return;
  const unknown = new Map<VectorName, Wanted>();
  for (const one of wanted) {
    if (one.vector || !one.name) continue;
    const vector = cache.memory.get(one.name.kind, one.name.name);
    if (vector) one.vector = vector;
    else unknown.set(one.name, one);
  }
  for (const [name, vector] of await cache.find([...unknown.keys()])) {
    const one = unknown.get(name);
    if (one) one.vector = vector;
  }
}

interface Missing {
  readonly name: VectorName;
  readonly input: EmbeddingInput;
  readonly wanted: Wanted[];
}

/** What must be embedded. Two URLs can show one picture: it is embedded once in a request, even in different rounds. */
function oneEach(all: readonly Wanted[], made: ReadonlyMap<string, Float32Array>): Map<string, Missing> {
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

const keyOf = ({ kind, name }: VectorName) => `${kind}:${name}`;

function report(
  vectors: readonly Float32Array[],
  misses: number,
  promptTokens: number,
  { use }: VectorCache,
  call: Call,
): CachedEmbeddings {
  requireEqualDimensions(vectors);
  const hits = vectors.length - misses;
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
