import * as z from 'zod/mini';
import type { Placeholders } from '../base/bytes/placeholders.ts';
import { ApiError } from '../base/errors.ts';
import { lazy } from '../base/lazy.ts';
import { decodePicture } from './base64.ts';
import { maybe } from './maybe.ts';

/**
 * What can be embedded, compared or classified. A string is always text: it is never searched for URLs. The shapes are
 * those of OpenAI's moderation parts and of Jina's API; `attach://name` refers to a part of a multipart request.
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

/** A long text of a large body, as what is between the quotes of its JSON string: it becomes no string on its way to a host. */
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

/** Where the items of a request are that do not stand in its JSON. */
export interface ItemSources {
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  readonly large?: Placeholders;
}

/** Reads one item or a list of items; paths are `input` or `input[3]`. */
export function readItems(wire: WireItem | readonly WireItem[], field: string, sources: ItemSources): Item[] {
  if (!isList(wire)) return [readItem(wire, sources, field)];
  return wire.map((item, i) => readItem(item, sources, field, i));
}

export function isList(wire: WireItem | readonly WireItem[]): wire is readonly WireItem[] {
  return Array.isArray(wire);
}

/** @throws ApiError `invalid_picture` or `invalid_parameter`, naming the item */
function readItem(wire: WireItem, sources: ItemSources, field: string, index?: number): Item {
  if (typeof wire === 'string') return readText(wire, sources, field, index);
  if ('image_url' in wire) return readPicture(wire.image_url.url, pathOf(field, index), sources);
  if (wire.text == null) return readPicture(wire.image, pathOf(field, index), sources);
  return readText(wire.text, sources, field, index);
}

/** Without a path: most items are texts, and few have an error. */
function readText(text: string, { large }: ItemSources, field: string, index?: number): Item {
  const json = large?.contentOf(text);
  if (json) return { kind: 'text', json };
  if (text !== '') return { kind: 'text', text };
  const path = pathOf(field, index);
  throw new ApiError('invalid_parameter', `\`${path}\` must not be empty.`, { param: path });
}

/** @param index the place in a list, if the field is a list */
export function pathOf(field: string, index?: number): string {
  return index === undefined ? field : `${field}[${index}]`;
}

const latin1 = new TextDecoder('latin1');
const isUrl = (text: string) => /^https?:/i.test(text);

/** @throws ApiError `invalid_picture`, naming its place */
export function readPicture(source: string, path: string, sources: ItemSources): Item {
  const attached = /^attach:\/\/(.+)$/.exec(source)?.[1];
  if (attached !== undefined) {
    const bytes = sources.attachments.get(attached);
    if (bytes) return { kind: 'image', bytes, path };
    throw new ApiError('invalid_picture', `\`${path}\` refers to a part that the multipart request does not have.`, {
      param: path,
    });
  }
  if (isUrl(source)) return { kind: 'image', url: source, path };
  const large = sources.large?.contentOf(source);
  // Too long for any URL, and refused as one.
  if (large && isUrl(latin1.decode(large.subarray(0, 8)))) return { kind: 'image', url: latin1.decode(large), path };
  const bytes = decodePicture(large ?? source);
  if (bytes?.length) return { kind: 'image', bytes, path };
  throw new ApiError(
    'invalid_picture',
    `\`${path}\` must be an https URL, a data URL in base64, base64, or attach:// and the name of a part.`,
    { param: path },
  );
}
