import { textOf } from '../../base/bytes/large-strings.ts';
import { ApiError } from '../../base/errors.ts';
import { MAX_CLASSIFIER_ROW_BYTES } from '../../base/sizes.ts';
import type { Item } from '../../intake/items.ts';

/**
 * What an example was made from, as far as it is stored: its text, or the digest of its picture. With it, a
 * caller can create the classifier again in another space.
 */
export type Source = { readonly text: string } | { readonly picture: string };

/** Sources that follow one another, as a row of the storage. */
export interface SourceRow {
  /** The place of the first one among the examples. */
  readonly first: number;
  /** JSON of a list. */
  readonly items: string;
}

/**
 * @param contentIdOf the digest of a picture
 * @throws ApiError `invalid_parameter` if a text is too long to be stored
 */
export function sourcesOf(items: readonly Item[], contentIdOf: (place: number) => string): Source[] {
  return items.map((item, place) => {
    if (item.kind === 'image') return { picture: contentIdOf(place) };
    const text = 'json' in item ? textOf(item.json) : item.text;
    // Of UTF-16: in JSON, a unit has at most six bytes.
    if (text.length <= MAX_CLASSIFIER_ROW_BYTES / 6) return { text };
    const most = Math.floor(MAX_CLASSIFIER_ROW_BYTES / 6);
    const path = `examples[${place}].input`;
    const message = `\`${path}\` has more than ${most} characters, which is the most of a text that is stored with a classifier.`;
    throw new ApiError('invalid_parameter', message, { param: path });
  });
}

/** Groups sources into rows of a bounded size. */
export function* rowsOf(sources: readonly Source[], first: number): Generator<SourceRow> {
  let items: string[] = [];
  let [begin, size] = [first, 0];
  for (const [i, source] of sources.entries()) {
    const json = JSON.stringify(source);
    const bytes = new TextEncoder().encode(json).length + 1;
    if (items.length > 0 && size + bytes > MAX_CLASSIFIER_ROW_BYTES) {
      yield { first: begin, items: `[${items.join()}]` };
      [items, begin, size] = [[], first + i, 0];
    }
    items.push(json);
    size += bytes;
  }
  if (items.length > 0) yield { first: begin, items: `[${items.join()}]` };
}
