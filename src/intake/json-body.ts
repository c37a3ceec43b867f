import {
  fillIn,
  isPlain,
  takeItems,
  takePictures,
  textOf,
  type WithoutLargeStrings,
} from '../base/bytes/large-strings.ts';
import type { Placeholders } from '../base/bytes/placeholders.ts';
import { ApiError } from '../base/errors.ts';
import { MAX_TEXT_BYTES } from '../base/sizes.ts';
import { dataUrlsIn } from './data-urls.ts';
import { ForwardedBody } from './forwarded.ts';
import { type BodyOptions, type Intake, NO_ATTACHMENTS } from './intake.ts';
import { parseJson } from './json-text.ts';
import { isDataUrl, kindInBase64 } from './picture-text.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Reads a JSON body. @throws ApiError `invalid_json`, `body_too_large` or `invalid_parameter` */
export function readJson(bytes: Uint8Array, { pictures, forwards }: BodyOptions): Intake {
  const taken = forwards ? takePictures(bytes) : pictures ? takeItems(bytes) : undefined;
  requireTextBytes((taken?.rest ?? bytes).length);
  if (taken) return forwards ? readForwarded(bytes, taken) : readItems(bytes, taken);
  const text = decode(bytes);
  const { count, characters } = dataUrlsIn(text);
  const textBytes = bytes.length - characters;
  const intake = { input: parseJson(text), attachments: NO_ATTACHMENTS, textBytes, pictures: count };
  return forwards ? { ...intake, forwarded: new ForwardedBody(bytes, text) } : intake;
}

/** Large strings stay in the bytes, but for the name of a model. */
function readForwarded(bytes: Uint8Array, { rest, large }: WithoutLargeStrings): Intake {
  const text = decode(rest);
  const input = readFilled({ text, bytes, large }, (key) => key !== 'model');
  const forwarded = new ForwardedBody(bytes, text, large);
  return { input, attachments: NO_ATTACHMENTS, textBytes: rest.length, pictures: large.size, large, forwarded };
}

/**
 * Large items stay in the bytes, and are read from them: pictures, and texts to embed. All other large
 * strings are filled in.
 */
function readItems(bytes: Uint8Array, { rest, large }: WithoutLargeStrings): Intake {
  let pictures = 0;
  let pictureBytes = 0;
  let longTextBytes = 0;
  const input = readFilled({ text: decode(rest), bytes, large }, (key, content, body) => {
    const isPicture = isPictureAt(key, content, body);
    if (isPicture && isPlain(content)) {
      pictures++;
      pictureBytes += content.length;
      return true;
    }
    longTextBytes += content.length;
    requireTextBytes(longTextBytes);
    // A picture with escapes is filled in: only its string can be decoded.
    if (isPicture || !TEXT_FIELDS.has(key)) return false;
    // It is passed on as it is, so it must be well-formed.
    textOf(content);
    return true;
  });
  const textBytes = bytes.length - pictureBytes;
  requireTextBytes(textBytes);
  return { input, attachments: NO_ATTACHMENTS, textBytes, pictures, large };
}

/** Where `intake/items.ts` reads pictures and texts. */
const PICTURE_FIELDS: ReadonlySet<string> = new Set(['image', 'url', 'image_url']);
const TEXT_FIELDS: ReadonlySet<string> = new Set(['text', 'input', 'query', 'documents']);

const latin1 = new TextDecoder('latin1');

/** Whether a large string is a picture, since its field, the body or its own beginning says so. */
function isPictureAt(key: string, content: Uint8Array, body: unknown): boolean {
  if (PICTURE_FIELDS.has(key)) return true;
  const isItem = key !== 'text' && TEXT_FIELDS.has(key);
  if (!isItem && key !== 'inputs') return false;
  if (isItem && (body as { modality?: unknown } | null)?.modality === 'image') return true;
  // Some writers of JSON escape slashes.
  const head = latin1.decode(content.subarray(0, 2_000)).replaceAll('\\/', '/');
  return isDataUrl(head) || (key === 'inputs' && kindInBase64(head) !== undefined);
}

interface WithPlaceholders {
  /** Of the body, with placeholders. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly large: Placeholders;
}

function readFilled(
  { text, bytes, large }: WithPlaceholders,
  keep: (key: string, content: Uint8Array, body: unknown) => boolean,
): unknown {
  const original = () => decode(bytes);
  const input = parseJson(text, original);
  try {
    return fillIn(input, large, (key, content) => keep(key, content, input));
  } catch (error) {
    // A limit, or a stack that is too small for the body.
    if (error instanceof ApiError || error instanceof RangeError) throw error;
    // A large string is malformed: the body itself says where.
    return parseJson(original());
  }
}

/** @throws ApiError `body_too_large` */
export function requireTextBytes(bytes: number): void {
  if (bytes <= MAX_TEXT_BYTES) return;
  throw new ApiError('body_too_large', `The body must have at most ${MAX_TEXT_BYTES} bytes beside its pictures.`);
}

/** @throws ApiError `invalid_json` if the bytes are not UTF-8 */
export function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ApiError('invalid_json', 'The body is not valid UTF-8.');
  }
}
