import * as z from 'zod/mini';
import { ApiError } from '../errors.ts';
import { lazy } from '../lazy.ts';

/**
 * What can be embedded, compared or classified. A string is always text, never looked at for addresses. The shapes are
 * those of OpenAI's moderation parts and of Jina's API; `attach://name` refers to a part of a multipart request.
 */
export const itemSchema = lazy(() =>
  z.union(
    [
      z.string(),
      z.object({ type: z.literal('text'), text: z.string() }),
      z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
      z.object({ text: z.string() }),
      z.object({ image: z.string() }),
    ],
    {
      error:
        'must be a string, {"type":"text","text"}, {"type":"image_url","image_url":{"url"}}, {"text"} or {"image"}',
    },
  ),
);

export type WireItem = z.infer<ReturnType<typeof itemSchema>>;

/** An item after reading: `path` is where it stood in the request, for errors. */
export type Item =
  | { readonly kind: 'text'; readonly text: string; readonly path: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly path: string }
  | { readonly kind: 'image'; readonly url: string; readonly path: string };

export type Attachments = ReadonlyMap<string, Uint8Array>;

/** @throws ApiError `invalid_picture` or `invalid_parameter`, naming the item */
export function readItem(wire: WireItem, path: string, attachments: Attachments): Item {
  if (typeof wire === 'string') return readText(wire, path);
  if ('text' in wire) return readText(wire.text, path);
  return readPicture('image' in wire ? wire.image : wire.image_url.url, path, attachments);
}

function readText(text: string, path: string): Item {
  if (text === '') throw new ApiError('invalid_parameter', `\`${path}\` is empty.`, { param: path });
  return { kind: 'text', text, path };
}

function readPicture(source: string, path: string, attachments: Attachments): Item {
  const attached = /^attach:\/\/(.+)$/.exec(source)?.[1];
  if (attached !== undefined) {
    const bytes = attachments.get(attached);
    if (bytes) return { kind: 'image', bytes, path };
    throw new ApiError('invalid_picture', `\`${path}\` refers to a part that the multipart request does not have.`, {
      param: path,
    });
  }
  if (/^https?:/i.test(source)) return { kind: 'image', url: source, path };
  const base64 = /^data:/i.test(source) ? /^data:[^,]*;base64,(.*)$/is.exec(source)?.[1] : source;
  try {
    if (base64) return { kind: 'image', bytes: Uint8Array.fromBase64(base64), path };
  } catch {
    // Told below.
  }
  throw new ApiError(
    'invalid_picture',
    `\`${path}\` must be an https address, a data URL in base64, base64, or attach:// and the name of a part.`,
    { param: path },
  );
}
