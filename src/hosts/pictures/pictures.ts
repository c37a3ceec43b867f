import { ApiError } from '../../base/errors.ts';
import { MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { fetchPublic } from '../upstream/public-fetch.ts';
import { checkUrl } from '../upstream/public-url.ts';
import { type PictureInfo, sniff } from './picture-format.ts';
import { notReadable, tooLarge, tooManyPixels } from './refused.ts';

export interface Picture {
  readonly bytes: Uint8Array;
  readonly mediaType: PictureInfo['mediaType'];
}

/** A picture that a caller named by its URL. `path` is its place in the request, for errors. */
export interface RemotePicture {
  readonly url: string;
  readonly path: string;
}

/**
 * Checks the bytes of a picture: format by its first bytes, size in bytes and pixels. Whether a host of the
 * model decodes the format: see decoding.ts.
 *
 * @throws ApiError `invalid_picture`, naming the item
 */
export function checkPicture(bytes: Uint8Array, path: string): Picture {
  if (bytes.byteLength > MAX_PICTURE_BYTES) throw tooLarge(bytes, path);
  const info = sniff(bytes);
  if (!info) throw notReadable(bytes, path);
  if (info.width * info.height > MAX_PICTURE_PIXELS) throw tooManyPixels(info, path);
  return { bytes, mediaType: info.mediaType };
}

/**
 * Fetches a picture that a caller named. The only place that does, behind one guard.
 *
 * @param admit asked whether there is room for more bytes, before they are read
 * @returns undefined if there was none
 * @throws ApiError `picture_url_refused`, `picture_url_failed` or `invalid_picture`, naming the item
 */
export async function fetchPicture(
  { url, path }: RemotePicture,
  call: Call,
  admit: (bytes: number) => boolean,
): Promise<Picture | undefined> {
  const bytes = await fetchPublic(url, call, {
    check: checkUrl,
    admit,
    maxBytes: MAX_PICTURE_BYTES,
    refused: () =>
      new ApiError(
        'picture_url_refused',
        `\`${path}\` must be an https URL with a public host name, without port or credentials, and only redirect to such URLs.`,
        { param: path },
      ),
    failed: (what) => new ApiError('picture_url_failed', `The picture of \`${path}\` ${what}.`, { param: path }),
  });
  return bytes && checkPicture(bytes, path);
}
