import * as z from 'zod/mini';
import type { Placeholders } from '../base/bytes/placeholders.ts';
import { ApiError } from '../base/errors.ts';
import { lazy } from '../base/lazy.ts';
import { decodePicture } from './base64.ts';
import { maybe } from './maybe.ts';
import { isDataUrl, kindInBase64 } from './picture-text.ts';

/**
 * What can be embedded, compared or classified. A string is a text, except that a `data:` URL is a picture;
 * it is never searched for other URLs. The shapes are those of OpenAI's moderation parts and of Jina's API;
 * `attach://name` refers to a part of a multipart request.
 */
export const itemSchema = lazy(() =>
  z.union(
    [
      z.string(),
      z.object({ type: z.literal('text'), text: z.string() }),
      z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
      z.object({ text: z.string(), image: maybe(z.never()) }),
      z.object({ image: z.string(), text: maybe(z.never()) }),
    ],
    {
      error:
        'must be a string, {"type":"text","text"}, {"type":"image_url","image_url":{"url"}}, {"text"} or {"image"}: one of the two, not both',
    },
  ),
);

export type WireItem = z.infer<ReturnType<typeof itemSchema>>;

/**
 * A long text of a large body, as what is between the quotes of its JSON string: it becomes no string on its
 * way to a host.
 */
export interface LargeText {
  readonly kind: 'text';
  readonly json: Uint8Array;
}

/** An item after reading. `path` is the place of a picture in the request, for errors. */
export type Item =
  | { readonly kind: 'text'; readonly text: string }
  | LargeText
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly path: string }
  | { readonly kind: 'image'; readonly url: string; readonly path: string };

/** Items of a request, and where each of them is in it, for errors. */
export interface ItemList {
  readonly items: readonly Item[];
  placeOf(index: number): string;
}

/** Where the items of a request are that do not stand in its JSON. */
export interface ItemSources {
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  readonly large?: Placeholders;
}

/** What the strings of a request are, if it says so: Infinity's field. */
export type Modality = 'text' | 'image';

interface Reading {
  readonly sources: ItemSources;
  readonly field: string;
  /** Undefined if each string says itself what it is. */
  readonly modality: Modality | undefined;
}

/** Reads one item or a list of items; paths are `input` or `input[3]`. */
export function readItems(
  wire: WireItem | readonly WireItem[],
  field: string,
  sources: ItemSources,
  modality?: Modality,
): ItemList {
  const reading = { sources, field, modality };
  if (!isList(wire)) return { items: [readItem(wire, reading)], placeOf: () => field };
  return { items: wire.map((item, i) => readItem(item, reading, i)), placeOf: (index) => pathOf(field, index) };
}

export function isList(wire: WireItem | readonly WireItem[]): wire is readonly WireItem[] {
  return Array.isArray(wire);
}

/** @throws ApiError `invalid_picture` or `invalid_parameter`, naming the item */
function readItem(wire: WireItem, reading: Reading, index?: number): Item {
  if (typeof wire === 'string') return readString(wire, reading, index);
  const { sources, field, modality } = reading;
  const text = 'image_url' in wire ? undefined : (wire.text ?? undefined);
  if (modality === (text === undefined ? 'text' : 'image')) {
    const what = text === undefined ? 'a picture' : 'a text';
    throw refused(pathOf(field, index), `is ${what}, and \`modality\` is "${modality}"`);
  }
  if (text !== undefined) return readText(text, reading, index);
  return readPicture(pictureIn(wire), pathOf(field, index), sources);
}

function pictureIn(wire: Exclude<WireItem, string>): string {
  if ('image_url' in wire) return wire.image_url.url;
  return 'image' in wire ? (wire.image ?? '') : '';
}

/**
 * A string that nothing says what it is is a text. One that shows that it is a picture is never read as a
 * text.
 */
function readString(wire: string, reading: Reading, index?: number): Item {
  const { sources, field, modality } = reading;
  if (modality === 'image') return readPicture(wire, pathOf(field, index), sources);
  const json = sources.large?.contentOf(wire);
  const head = json ? latin1.decode(json.subarray(0, HEAD)) : wire;
  if (isDataUrl(head)) {
    if (modality !== 'text') return readPicture(wire, pathOf(field, index), sources);
    throw refused(pathOf(field, index), 'is a `data:` URL, and `modality` is "text"');
  }
  const kind = kindInBase64(head);
  if (kind === undefined) return readText(wire, reading, index);
  const path = pathOf(field, index);
  throw refused(
    path,
    `is a picture in base64 (${kind}). Send it as {"image": "..."}; or {"text": "..."} if the text is meant`,
  );
}

/** Without a path: most items are texts, and few have an error. */
function readText(text: string, { sources: { large }, field }: Reading, index?: number): Item {
  const json = large?.contentOf(text);
  if (json) return { kind: 'text', json };
  if (text !== '') return { kind: 'text', text };
  throw refused(pathOf(field, index), 'must not be empty');
}

function refused(path: string, what: string): ApiError {
  return new ApiError('invalid_parameter', `\`${path}\` ${what}.`, { param: path });
}

/** @param index the place in a list, if the field is a list */
export function pathOf(field: string, index?: number): string {
  return index === undefined ? field : `${field}[${index}]`;
}

/** Characters of a large string that say what it is. */
const HEAD = 2_000;
const latin1 = new TextDecoder('latin1');
const isUrl = (text: string) => /^\s*https?:/i.test(text);

/** @throws ApiError `invalid_picture`, naming its place */
export function readPicture(source: string, path: string, sources: ItemSources): Item {
  const invalid = (what: string) => new ApiError('invalid_picture', `\`${path}\` ${what}.`, { param: path });
  const attached = /^attach:\/\/(.+)$/.exec(source)?.[1];
  if (attached !== undefined) {
    const bytes = sources.attachments.get(attached);
    if (bytes) return { kind: 'image', bytes, path };
    throw invalid('refers to a part that the multipart request does not have');
  }
  if (isUrl(source)) return { kind: 'image', url: source.trim(), path };
  const large = sources.large?.contentOf(source);
  const head = large ? latin1.decode(large.subarray(0, HEAD)) : source;
  // Too long for any URL, and refused as one.
  if (large && isUrl(head)) return { kind: 'image', url: latin1.decode(large), path };
  const bytes = decodePicture(large ?? source);
  if (bytes?.length) return { kind: 'image', bytes, path };
  if (/^\s*data:image\/svg/i.test(head)) throw invalid('is an SVG drawing; send JPEG, PNG, WebP or GIF');
  if (isDataUrl(head)) throw invalid('is a `data:` URL that is not valid base64: send data:image/jpeg;base64,...');
  throw invalid('must be an https URL, a data URL in base64, base64, or attach:// and the name of a part');
}
