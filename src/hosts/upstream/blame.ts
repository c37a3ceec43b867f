import { ApiError } from '../../base/errors.ts';
import { UpstreamFailure } from './failure.ts';

/** How hosts name the items of a request: the field, or one of its list. */
const ITEM = /^(?:input|inputs|image|images)(?:\[\])?(?:\[(\d+)\])?$/;
/** The same in a sentence, where `image` is also a word. */
const QUOTED_ITEM = /(["'`])(?:inputs?|images?)(?:\[\d*\])?\1|\b(?:inputs?|images?)\[\d+\]/g;
/** Hosts' own codes for a picture that they cannot use: this project's server, and OpenAI. */
const PICTURE_CODES = /^(invalid_(image|picture)(_\w+)?|image_parse_error|unsupported_image|image_too_(large|small))$/;

/**
 * The rejection of a host as one of the caller's own request. A host counts the items that it was sent, of
 * which the cache may have answered some; its `input[0]` would name another item to the caller, who then
 * removes a good one.
 *
 * @param pathsOf the items that the host was sent, in their order, of which its `param` names one; for null,
 * all
 */
export function blamed(error: unknown, pathsOf: (param: string | null) => readonly string[]): unknown {
  if (!(error instanceof UpstreamFailure) || error.reason !== 'rejected') return error;
  const ofPicture = PICTURE_CODES.test(error.hostCode ?? '');
  const isAboutItem = error.param === null ? ofPicture : ITEM.test(error.param);
  if (!isAboutItem) return error;
  const paths = pathsOf(error.param);
  const param = placeOf(error.param ?? '', paths);
  const message = error.message.replaceAll(QUOTED_ITEM, (name) => {
    const place = placeOf(name.replaceAll(/["'`]/g, ''), paths);
    return place === undefined ? name : `\`${place}\``;
  });
  const { status, cause, headers } = error;
  const hostCode = ofPicture ? undefined : error.hostCode;
  return new ApiError(ofPicture ? 'invalid_picture' : error.code, message, { param, status, cause, headers, hostCode });
}

function placeOf(name: string, paths: readonly string[]): string | undefined {
  const [, index] = ITEM.exec(name) ?? [];
  if (paths.length === 1) return paths[0];
  if (index !== undefined) return paths[Number(index)];
  // The whole list: a field of the caller's, if all items are of one.
  const fields = new Set(paths.map((path) => /^\w+/.exec(path)?.[0]));
  return fields.size === 1 ? [...fields][0] : undefined;
}
