import { digest } from '../../base/bytes/digest.ts';
import { hasNoEscapes, textOf } from '../../base/bytes/large-strings.ts';
import type { EmbeddingInput } from '../../call/tasks.ts';
import { checkPicture, type Picture, type PictureAddress } from '../../hosts/pictures/pictures.ts';
import type { Item, ItemList } from '../../intake/items.ts';

/** A distinct item of a request, and its vector once that is known. A large request holds one such object for each. */
export interface Wanted {
  readonly kind: 'text' | 'large-text' | 'image';
  /**
   * Items with one name have one vector. A text is its own name, and that of a large text is its digest. The name of a picture is
   * the digest of its bytes: its URL, data URL and upload are the same item. A picture by URL has a name once its URL is known to
   * the cache, or fetched.
   */
  name: string | undefined;
  /** What a host embeds. A picture by URL has it while it is loaded. */
  input: EmbeddingInput | undefined;
  readonly address: PictureAddress | undefined;
  vector: Float32Array | undefined;
  /** Its key in KV, once it was needed: a digest takes 10 us, and a new vector is looked for before it is written. */
  key: string | undefined;
}

/** One that the cache can look for. */
export type Named = Wanted & { readonly name: string };

export function isNamed(wanted: Wanted): wanted is Named {
  return wanted.name !== undefined;
}

/** The items of a request, equal ones once. */
export class WantedItems {
  readonly all: Wanted[] = [];
  /** In the order of the items. */
  readonly #ofItems: Wanted[] = [];
  readonly #texts = new Map<string, Wanted>();
  readonly #largeTexts = new Map<string, Wanted>();
  readonly #pictures = new Map<string, Wanted>();
  readonly #byUrl = new Map<string, Wanted>();
  readonly #lists: readonly ItemList[];
  /** Two URLs can show one picture. */
  readonly #twins = new Map<Wanted, Wanted>();

  private constructor(lists: readonly ItemList[]) {
    this.#lists = lists;
  }

  /** @param findNames returns the names of pictures by URL, as far as the cache knows them */
  static async of(
    lists: readonly ItemList[],
    findNames: (urls: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<WantedItems> {
    const wanted = new WantedItems(lists);
    const items: readonly Item[] = lists.flatMap(({ items }) => items);
    const urls = new Set<string>();
    for (const item of items) if ('url' in item) urls.add(item.url);
    const names = urls.size > 0 ? await findNames([...urls]) : undefined;
    for (const item of items) {
      if ('text' in item) wanted.#add(wanted.#texts, item.text, 'text', item.text, item);
      else if ('json' in item) {
        const name = await digest(hasNoEscapes(item.json) ? item.json : textOf(item.json));
        wanted.#add(wanted.#largeTexts, name, 'large-text', name, item);
      } else if ('url' in item) wanted.#add(wanted.#byUrl, item.url, 'image', names?.get(item.url), undefined, item);
      else {
        const picture = checkPicture(item.bytes, item.path);
        const name = await digest(picture.bytes);
        wanted.#add(wanted.#pictures, name, 'image', name, { kind: 'image', ...picture });
      }
    }
    return wanted;
  }

  #add(
    known: Map<string, Wanted>,
    id: string,
    kind: Wanted['kind'],
    name: string | undefined,
    input: EmbeddingInput | undefined,
    address?: PictureAddress,
  ): void {
    let one = known.get(id);
    if (!one) {
      one = { kind, name, input, address, vector: undefined, key: undefined };
      known.set(id, one);
      this.all.push(one);
    }
    this.#ofItems.push(one);
  }

  /**
   * Sets the name and the input of a picture that was fetched.
   *
   * @returns false if another item is the same picture, and has its vector or gets it
   */
  async setFetched(wanted: Wanted, picture: Picture): Promise<boolean> {
    const name = await digest(picture.bytes);
    // The cache may have known another picture at this URL.
    if (wanted.name !== name) wanted.key = undefined;
    wanted.name = name;
    const same = this.#pictures.get(name);
    if (same) {
      this.#twins.set(wanted, same);
      return false;
    }
    this.#pictures.set(name, wanted);
    wanted.input = { kind: 'image', ...picture };
    return true;
  }

  /** The vectors in the order of the items, when all are known. */
  vectors(): Float32Array[] {
    return this.#ofItems.map((wanted) => (this.#twins.get(wanted) ?? wanted).vector as Float32Array);
  }

  /** The items list by list. */
  *lists(): Generator<readonly Wanted[]> {
    let at = 0;
    for (const { items } of this.#lists) {
      yield this.#ofItems.slice(at, at + items.length);
      at += items.length;
    }
  }

  /** Where an item is in the request, for errors: the first place, if it is at several. */
  placeOf(wanted: Wanted): string {
    let at = this.#ofItems.indexOf(wanted);
    for (const { items, placeOf } of this.#lists) {
      if (at < items.length) return placeOf(at);
      at -= items.length;
    }
    return '';
  }
}
