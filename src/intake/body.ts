import { declaredLength, readBounded } from '../base/bytes/bounded-body.ts';
import { ApiError } from '../base/errors.ts';
import { clientLeft } from './client-left.ts';
import { drain } from './drain.ts';
import { inTime } from './in-time.ts';
import type { BodyOptions, Intake, PictureBody } from './intake.ts';
import { readItemForm } from './item-form.ts';
import { readJson } from './json-body.ts';
import { nest, nestedName } from './nested-form.ts';
import { readQuery } from './query.ts';

/** What says what the bytes of a body are. */
export type BodySource = Pick<Request, 'headers' | 'url'>;

/**
 * Reads a body: JSON; or, for routes that take pictures, also a form (item-form.ts), or one picture with all
 * other fields in the query string.
 *
 * @throws ApiError `unsupported_media_type`, `body_too_large`, `body_timeout`, `invalid_json` or
 * `invalid_parameter`
 */
export async function readBody(request: Request, options: BodyOptions): Promise<Intake> {
  const type = requireMediaType(request, options);
  const { pictures, maxBytes } = options;
  // Read by us, the body would be in memory once more beside its parts.
  if (pictures && type === FORM && isBounded(request, maxBytes)) return inTime(request, readForm(request, pictures));
  return parseBody(await readBytes(request, maxBytes, pictures), request, options);
}

/** The same for a body whose bytes are here. */
export function parseBody(bytes: Uint8Array, source: BodySource, options: BodyOptions): Intake | Promise<Intake> {
  const type = requireMediaType(source, options);
  const { pictures } = options;
  if (!pictures || type === 'application/json') return readJson(bytes, options);
  if (type === FORM) return readForm(copyOf(source, bytes), pictures);
  const { field, lists, nested } = pictures;
  const picture = { image: 'attach://body' };
  const rest = {
    attachments: new Map([['body', bytes]]),
    textBytes: new URL(source.url).search.length,
    pictures: 1,
  };
  if (!nested) return { input: { ...readQuery(source.url, lists), [field]: picture }, ...rest };
  const query = new URL(source.url).searchParams;
  const fields = { ...Object.fromEntries(query), [nested.beside]: query.getAll(nested.beside), [field]: [picture] };
  return { input: nest(fields, field, nested), partName: nestedName(field, nested, 1), ...rest };
}

const FORM = 'multipart/form-data';

function requireMediaType(source: BodySource, { pictures }: BodyOptions): string {
  const type = mediaType(source);
  if (type === 'application/json') return type;
  if (!pictures) {
    throw new ApiError('unsupported_media_type', 'Send the body as JSON, with Content-Type: application/json.');
  }
  if (type === FORM || isPictureType(type)) return type;
  const what = /^(audio|video)\//.test(type)
    ? 'This route takes no sound or video: /v1/audio/transcriptions does. It takes'
    : 'Send';
  const message = `${what} JSON, multipart/form-data, or one picture as image/* or application/octet-stream.`;
  throw new ApiError('unsupported_media_type', message);
}

/**
 * Whether a body is one picture. Many clients do not know the type of a file: its own first bytes say what it
 * is.
 */
export function isPictureType(type: string): boolean {
  return /^(image\/|application\/octet-stream\b)/i.test(type);
}

async function readForm(source: Body, pictures: PictureBody): Promise<Intake> {
  let form: FormData;
  try {
    form = await source.formData();
  } catch {
    throw new ApiError(
      'invalid_parameter',
      'The body is not valid multipart/form-data. Its Content-Type must have the boundary of the body: clients set both themselves.',
    );
  }
  return readItemForm(form, pictures);
}

function isBounded(request: Request, maxBytes: number): boolean {
  const declared = declaredLength(request);
  return declared !== undefined && declared <= maxBytes && !request.headers.has('content-encoding');
}

function copyOf({ headers }: BodySource, bytes: Uint8Array): Response {
  return new Response(bytes, { headers: { 'content-type': headers.get('content-type') ?? '' } });
}

function mediaType({ headers }: BodySource): string {
  const type = headers.get('content-type') ?? '';
  // What SDKs send, without splitting it.
  if (type === 'application/json') return type;
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** @throws ApiError `unsupported_media_type`, `body_too_large`, `body_timeout` or `client_closed_request` */
export async function readBytes(
  request: Request | Response,
  maxBytes: number,
  pictures?: PictureBody,
): Promise<Uint8Array> {
  if (request.headers.has('content-encoding')) {
    throw new ApiError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  const tooLarge = () => bodyTooLarge(maxBytes, pictures !== undefined);
  try {
    return await inTime(request, readBounded(request, maxBytes, tooLarge));
  } catch (error) {
    if (error instanceof ApiError && error.code === 'body_too_large') await drain(request.body);
    throw clientLeft(error);
  }
}

/** @param hasPictures whether they can be what is too large */
export function bodyTooLarge(maxBytes: number, hasPictures: boolean): ApiError {
  const shrink = hasPictures ? ' Shrink large pictures first, such as to 2,048 pixels on the longer side.' : '';
  return new ApiError('body_too_large', `The body must have at most ${maxBytes} bytes.${shrink}`);
}
