import { declaredLength, readBounded } from '../base/bytes/bounded-body.ts';
import { ApiError } from '../base/errors.ts';
import { clientLeft } from './client-left.ts';
import { inTime } from './in-time.ts';
import type { BodyOptions, Intake } from './intake.ts';
import { decode, readJson, requireTextBytes } from './json-body.ts';
import { parseJson } from './json-text.ts';

const utf8Bytes = new TextEncoder();

/** What says what the bytes of a body are. */
export type BodySource = Pick<Request, 'headers' | 'url'>;

/**
 * Reads a body: JSON; or, for routes that take pictures, also multipart with a JSON part named `payload`, whose items refer
 * to other parts as `attach://name`, or one picture (`Content-Type: image/*`) with all other fields in the query string.
 *
 * @throws ApiError `unsupported_media_type`, `body_too_large`, `body_timeout`, `invalid_json` or `invalid_parameter`
 */
export async function readBody(request: Request, options: BodyOptions): Promise<Intake> {
  const type = requireMediaType(request, options);
  // Read by us, the body would be in memory once more beside its parts.
  if (type === 'multipart/form-data' && isBounded(request, options.maxBytes)) return inTime(request, readForm(request));
  return parseBody(await readBytes(request, options.maxBytes), request, options);
}

/** The same for a body whose bytes are here. */
export function parseBody(bytes: Uint8Array, source: BodySource, options: BodyOptions): Intake | Promise<Intake> {
  const type = requireMediaType(source, options);
  const { pictures } = options;
  if (!pictures || type === 'application/json') return readJson(bytes, options);
  if (type === 'multipart/form-data') return readForm(copyOf(source, bytes));
  const input = { ...readQuery(source.url, pictures.lists), [pictures.field]: { image: 'attach://body' } };
  const textBytes = new URL(source.url).search.length;
  return { input, attachments: new Map([['body', bytes]]), textBytes, pictures: 1 };
}

function requireMediaType(source: BodySource, { pictures }: BodyOptions): string {
  const type = mediaType(source);
  if (type === 'application/json') return type;
  if (!pictures) {
    throw new ApiError('unsupported_media_type', 'Send the body as JSON, with Content-Type: application/json.');
  }
  if (type === 'multipart/form-data' || type.startsWith('image/')) return type;
  throw new ApiError('unsupported_media_type', 'Send JSON, multipart/form-data, or one picture as image/*.');
}

async function readForm(source: Body): Promise<Intake> {
  let form: FormData;
  try {
    form = await source.formData();
  } catch {
    throw new ApiError(
      'invalid_parameter',
      'The body is not valid multipart/form-data. Its Content-Type must have the boundary of the body: clients set both themselves.',
    );
  }
  const payload = form.get('payload');
  if (payload === null) {
    throw new ApiError('invalid_parameter', 'The multipart body needs a JSON part named `payload`.', {
      param: 'payload',
    });
  }
  const attachments = new Map<string, Uint8Array>();
  for (const [name, part] of form) {
    if (name !== 'payload' && typeof part !== 'string') attachments.set(name, new Uint8Array(await part.arrayBuffer()));
  }
  const size = typeof payload === 'string' ? utf8Bytes.encode(payload).length : payload.size;
  requireTextBytes(size);
  const text = typeof payload === 'string' ? payload : decode(new Uint8Array(await payload.arrayBuffer()));
  return { input: parseJson(text), attachments, textBytes: size, pictures: attachments.size };
}

function isBounded(request: Request, maxBytes: number): boolean {
  const declared = declaredLength(request);
  return declared !== undefined && declared <= maxBytes && !request.headers.has('content-encoding');
}

function copyOf({ headers }: BodySource, bytes: Uint8Array): Response {
  return new Response(bytes, { headers: { 'content-type': headers.get('content-type') ?? '' } });
}

/** The query string as the fields of a JSON body. Outside of lists, what looks like a number or a boolean becomes one. */
export function readQuery(url: string, lists: readonly string[] = []): Record<string, unknown> {
  const query = new URL(url).searchParams;
  const fields: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const value = query.get(name) ?? '';
    if (lists.includes(name)) fields[name] = query.getAll(name);
    else if (/^-?\d+(\.\d+)?$/.test(value)) fields[name] = Number(value);
    else fields[name] = value === 'true' || value === 'false' ? value === 'true' : value;
  }
  return fields;
}

function mediaType({ headers }: BodySource): string {
  const type = headers.get('content-type') ?? '';
  // What SDKs send, without splitting it.
  if (type === 'application/json') return type;
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** @throws ApiError `unsupported_media_type`, `body_too_large`, `body_timeout` or `client_closed_request` */
export async function readBytes(request: Request | Response, maxBytes: number): Promise<Uint8Array> {
  if (request.headers.has('content-encoding')) {
    throw new ApiError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  const tooLarge = () => new ApiError('body_too_large', `The body must have at most ${maxBytes} bytes.`);
  try {
    return await inTime(request, readBounded(request, maxBytes, tooLarge));
  } catch (error) {
    throw clientLeft(error);
  }
}
