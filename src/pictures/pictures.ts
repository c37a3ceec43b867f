import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { fetchPublic } from '../upstream/transport.ts';
import { type PictureInfo, sniff } from './picture-format.ts';
import { checkUrl } from './public-url.ts';

const MOST_BYTES = 10 * 1024 * 1024;
const MOST_PIXELS = 50_000_000;

export interface Picture {
  readonly bytes: Uint8Array;
  readonly mediaType: PictureInfo['mediaType'];
}

/**
 * Checks the bytes of a picture: format by its first bytes, size in bytes and pixels.
 *
 * @throws ApiError `invalid_picture`, naming the item
 */
export function checkPicture(bytes: Uint8Array, path: string): Picture {
  const refuse = (what: string) => new ApiError('invalid_picture', `\`${path}\` ${what}.`, { param: path });
  if (bytes.byteLength > MOST_BYTES) throw refuse(`is larger than ${MOST_BYTES} bytes`);
  const info = sniff(bytes);
  if (!info) throw refuse('is not a PNG, JPEG, WebP or GIF picture');
  if (info.width * info.height > MOST_PIXELS) {
    throw refuse(`has ${info.width} x ${info.height} pixels; at most ${MOST_PIXELS} are allowed`);
  }
  return { bytes, mediaType: info.mediaType };
}

/**
 * Fetches a picture that a caller named. The one place that does, behind one guard.
 *
 * @throws ApiError `picture_url_refused`, `picture_url_failed` or `invalid_picture`, naming the item
 */
export async function fetchPicture(url: string, path: string, call: Call): Promise<Picture> {
  const bytes = await fetchPublic(url, call, {
    check: checkUrl,
    mostBytes: MOST_BYTES,
    refused: () =>
      new ApiError(
        'picture_url_refused',
        `\`${path}\` must be an https address at a public name, without port or credentials, and redirect to such only.`,
        { param: path },
      ),
    failed: (what) =>
      new ApiError('picture_url_failed', `The picture that \`${path}\` names ${what}.`, { param: path }),
  });
  return checkPicture(bytes, path);
}
