import { digest } from '../../base/bytes/digest.ts';
import { hasNoEscapes, textOf } from '../../base/bytes/large-strings.ts';
import type { EmbeddingInput } from '../../call/tasks.ts';
import { checkPicture, type Picture, type RemotePicture } from '../../hosts/pictures/pictures.ts';
import type { Item, ItemList } from '../../intake/items.ts';

/**
 * A distinct item of a request, and its vector once that is known. A large request holds one such object for
 * each.
 */
export interface EmbeddingEntry {
  readonly kind: 'text' | 'large-text' | 'image';
  /**
   * Items with one content id have one vector. A text is its own content id, and a large text has its digest.
   * That of a picture is the digest of its bytes: its URL, data URL and upload are the same item. A picture
   * by URL has one once its URL is known to the cache, or fetched.
   */
  contentId: string | undefined;
  /** What a host embeds. A picture by URL has it while it is loaded. */
  input: EmbeddingInput | undefined;
  readonly remote: RemotePicture | undefined;
  vector: Float32Array | undefined;
  /**
   * Its key in KV, once it was needed: a digest takes 10 us, and a new vector is looked for before it is
   * written.
   */
  key: string | undefined;
}

/** One that the cache can look for. */
export type IdentifiedEntry = EmbeddingEntry & { readonly contentId: string };

export function isIdentified(entry: EmbeddingEntry): entry is IdentifiedEntry {
  return entry.contentId !== undefined;
}

/** The items of a request, equal ones once. */
export class EmbeddingBatch {
  readonly all: EmbeddingEntry[] = [];
  /** In the order of the items. */
  readonly #ofItems: EmbeddingEntry[] = [];
  readonly #texts = new Map<string, EmbeddingEntry>();
  readonly #largeTexts = new Map<string, EmbeddingEntry>();
  readonly #pictures = new Map<string, EmbeddingEntry>();
  readonly #byUrl = new Map<string, EmbeddingEntry>();
  readonly #lists: readonly ItemList[];
  /** Two URLs can show one picture. */
  readonly #duplicates = new Map<EmbeddingEntry, EmbeddingEntry>();

  private constructor(lists: readonly ItemList[]) {
    this.#lists = lists;
  }

  /** @param findContentIds returns the content ids of pictures by URL, as far as the cache knows them */
  static async of(
    lists: readonly ItemList[],
    findContentIds: (urls: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<EmbeddingBatch> {
    const batch = new EmbeddingBatch(lists);
    const items: readonly Item[] = lists.flatMap(({ items }) => items);
    const urls = new Set<string>();
    for (const item of items) if ('url' in item) urls.add(item.url);
    const contentIds = urls.size > 0 ? await findContentIds([...urls]) : undefined;
    for (const item of items) {
      if ('text' in item) batch.#add(batch.#texts, item.text, 'text', item.text, item);
      else if ('json' in item) {
        const contentId = await digest(hasNoEscapes(item.json) ? item.json : textOf(item.json));
        batch.#add(batch.#largeTexts, contentId, 'large-text', contentId, item);
      } else if ('url' in item) batch.#add(batch.#byUrl, item.url, 'image', contentIds?.get(item.url), undefined, item);
      else {
        const picture = checkPicture(item.bytes, item.path);
        const contentId = await digest(picture.bytes);
        batch.#add(batch.#pictures, contentId, 'image', contentId, { kind: 'image', ...picture });
      }
    }
    return batch;
  }

  #add(
    known: Map<string, EmbeddingEntry>,
    id: string,
    kind: EmbeddingEntry['kind'],
    contentId: string | undefined,
    input: EmbeddingInput | undefined,
    remote?: RemotePicture,
  ): void {
    let one = known.get(id);
    if (!one) {
      one = { kind, contentId, input, remote, vector: undefined, key: undefined };
      known.set(id, one);
      this.all.push(one);
    }
    this.#ofItems.push(one);
  }

  /**
   * Sets the content id and the input of a picture that was fetched.
   *
   * @returns false if another item is the same picture, and has its vector or gets it
   */
  async setFetched(entry: EmbeddingEntry, picture: Picture): Promise<boolean> {
    const contentId = await digest(picture.bytes);
    // The cache may have known another picture at this URL.
    if (entry.contentId !== contentId) entry.key = undefined;
    entry.contentId = contentId;
    const same = this.#pictures.get(contentId);
    if (same) {
      this.#duplicates.set(entry, same);
      return false;
    }
    this.#pictures.set(contentId, entry);
    entry.input = { kind: 'image', ...picture };
    return true;
  }

  /** The vectors in the order of the items, when all are known. */
  vectors(): Float32Array[] {
    return this.#ofItems.map((entry) => (this.#duplicates.get(entry) ?? entry).vector as Float32Array);
  }

  /** The content id of an item, when all are known. */
  contentIdOf(place: number): string {
    return this.#ofItems[place]?.contentId ?? '';
  }

  /** The items list by list. */
  *lists(): Generator<readonly EmbeddingEntry[]> {
    let at = 0;
    for (const { items } of this.#lists) {
      yield this.#ofItems.slice(at, at + items.length);
      at += items.length;
    }
  }

  /** Where an item is in the request, for errors: the first place, if it is at several. */
  placeOf(entry: EmbeddingEntry): string {
    let at = this.#ofItems.indexOf(entry);
    for (const { items, placeOf } of this.#lists) {
      if (at < items.length) return placeOf(at);
      at -= items.length;
    }
    return '';
  }
}
