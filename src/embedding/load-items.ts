import { digest } from '../bytes/digest.ts';
import type { Call } from '../call/call.ts';
import type { Item } from '../intake/items.ts';
import { checkPicture, fetchPicture, type Picture } from '../pictures/pictures.ts';
import type { EmbeddingInput } from '../tasks.ts';
import { readMany, write } from './kv.ts';

/**
 * An item with a name of its own: two items of one identity have one vector. A picture's is the digest of its bytes,
 * so that an address, a data URL and an upload of one picture are the same item.
 */
export type NamedItem = { readonly identity: string } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly digest: string }
);
export type LoadedItem = NamedItem & { readonly input: EmbeddingInput };
/** A picture whose digest is known from its address: loaded only where its vector is not in the cache. */
export type RememberedItem = NamedItem & { load(): Promise<LoadedItem> };

/** How long an address is taken to show the same picture, so that a warm call fetches neither picture nor vector. */
const ADDRESS_TTL_SECONDS = 300;
const CONCURRENT_FETCHES = 6;

/** Whether what a request needs is read from the cache and written to it, only written, or neither. */
export type CacheUse = 'full' | 'refresh' | 'none';

interface LoadOptions {
  readonly kv: KVNamespace;
  readonly cache: CacheUse;
}

/** @throws ApiError that names the item whose picture cannot be had */
export async function loadItems(
  items: readonly Item[],
  call: Call,
  options: LoadOptions,
): Promise<(LoadedItem | RememberedItem)[]> {
  if (items.every(isText)) return items.map(({ text }) => textItem(text));
  const addresses = [...new Set(items.flatMap((item) => ('url' in item ? [item.url] : [])))];
  const byAddress = addresses.length > 0 ? await loadAddresses(addresses, items, call, options) : undefined;
  return Promise.all(
    items.map(async (item) => {
      if (isText(item)) return textItem(item.text);
      if ('url' in item) return byAddress?.get(item.url) as LoadedItem | RememberedItem;
      return pictureItem(checkPicture(item.bytes, item.path));
    }),
  );
}

const isText = (item: Item): item is Extract<Item, { kind: 'text' }> => item.kind === 'text';

function textItem(text: string): LoadedItem {
  return { kind: 'text', identity: `text:${text}`, text, input: { kind: 'text', text } };
}

async function pictureItem(picture: Picture): Promise<LoadedItem & { digest: string }> {
  const name = await digest(picture.bytes);
  return {
    kind: 'image',
    identity: `image:${name}`,
    digest: name,
    input: { kind: 'image', ...picture },
  };
}

async function loadAddresses(
  addresses: readonly string[],
  items: readonly Item[],
  call: Call,
  { kv, cache }: LoadOptions,
): Promise<Map<string, LoadedItem | RememberedItem>> {
  const keys = new Map<string, string>();
  for (const url of addresses) keys.set(url, `picture-url:v1:${await digest(url)}`);
  const known = cache === 'full' ? await readMany(kv, [...keys.values()], call.report) : new Map<string, string>();
  const loaded = new Map<string, LoadedItem | RememberedItem>();
  const next = addresses.values();
  const work = async () => {
    for (const url of next) {
      const path = items.find((item) => 'url' in item && item.url === url)?.path ?? url;
      const key = keys.get(url) as string;
      const name = known.get(key);
      const load = async () => {
        const item = await pictureItem(await fetchPicture(url, path, call));
        if (cache !== 'none') call.waitUntil(write(kv, key, item.digest, ADDRESS_TTL_SECONDS, call.report));
        return item;
      };
      const remembered = name !== undefined && /^[\w-]{43}$/.test(name);
      loaded.set(url, remembered ? { kind: 'image', identity: `image:${name}`, digest: name, load } : await load());
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_FETCHES }, work));
  return loaded;
}

/** Fetches those remembered pictures whose vectors are not known: by now they may be other pictures. */
export async function loadUnknown(
  items: readonly (LoadedItem | RememberedItem)[],
  known: ReadonlyMap<string, unknown>,
): Promise<Map<LoadedItem | RememberedItem, LoadedItem>> {
  const loaded = new Map<LoadedItem | RememberedItem, LoadedItem>();
  const unknown = new Set(items.flatMap((item) => ('load' in item && !known.has(item.identity) ? [item] : [])));
  await Promise.all([...unknown].map(async (item) => loaded.set(item, await item.load())));
  return loaded;
}
