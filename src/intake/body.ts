import { declaredLength, readBounded } from '../bytes/bounded-body.ts';
import { fillIn, isPlain, takeItems, takePictures, textOf, type WithoutLargeStrings } from '../bytes/large-strings.ts';
import type { Placeholders } from '../bytes/placeholders.ts';
import { ApiError } from '../errors.ts';
import { MAX_TEXT_BYTES } from '../sizes.ts';
import { dataUrlsIn } from './data-urls.ts';
import { ForwardedBody } from './forwarded.ts';
import { parseJson } from './json-text.ts';
import type { Upload } from './upload.ts';

/** What a body may be. */
export interface BodyOptions {
  readonly maxBytes: number;
  /** Set if the body can carry pictures. */
  readonly pictures?: PictureBody | undefined;
  /** Whether the body is passed on as it came: its bytes are kept, and its large strings are not even looked at. */
  readonly forwards?: boolean | undefined;
}

/** How a body that is one picture (`Content-Type: image/*`) maps to the fields of a JSON body. */
export interface PictureBody {
  /** The field that the picture is for. All others come from the query string. */
  readonly field: string;
  /** Fields of the query string that are lists, even if they appear once. */
  readonly lists: readonly string[];
}

export interface Intake {
  /** The parsed body, before validation. */
  readonly input: unknown;
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  /** Bytes beside pictures. */
  readonly textBytes: number;
  /** How many pictures the body itself has. */
  readonly pictures: number;
  /** Set if the route passes the body on. */
  readonly forwarded?: ForwardedBody;
  /** The large strings of the body. The input has placeholders for them. */
  readonly large?: Placeholders;
  /** The form of a route that reads it itself. */
  readonly upload?: Upload;
}

export const NO_ATTACHMENTS: ReadonlyMap<string, Uint8Array> = new Map();

const utf8Bytes = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** What says what the bytes of a body are. */
export type BodySource = Pick<Request, 'headers' | 'url'>;

/**
 * Reads a body: JSON; or, for routes that take pictures, also multipart with a JSON part named `payload`, whose items refer
 * to other parts as `attach://name`, or one picture (`Content-Type: image/*`) with all other fields in the query string.
 *
 * @throws ApiError `unsupported_media_type`, `body_too_large`, `invalid_json` or `invalid_parameter`
 */
export async function readBody(request: Request, options: BodyOptions): Promise<Intake> {
  const type = requireMediaType(request, options);
  // Read by us, the body would be in memory once more beside its parts.
  if (type === 'multipart/form-data' && isBounded(request, options.maxBytes)) return readForm(request);
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

function readJson(bytes: Uint8Array, { pictures, forwards }: BodyOptions): Intake {
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
  const input = readFilled(text, bytes, large, (key) => key !== 'model');
  const forwarded = new ForwardedBody(bytes, text, large);
  return { input, attachments: NO_ATTACHMENTS, textBytes: rest.length, pictures: large.size, large, forwarded };
}

/** Large items stay in the bytes, and are read from them: pictures, and texts to embed. All other large strings are filled in. */
function readItems(bytes: Uint8Array, { rest, large }: WithoutLargeStrings): Intake {
  let pictures = 0;
  let pictureBytes = 0;
  let longTextBytes = 0;
  const input = readFilled(decode(rest), bytes, large, (key, content) => {
    if (PICTURE_FIELDS.has(key) && isPlain(content)) {
      pictures++;
      pictureBytes += content.length;
      return true;
    }
    longTextBytes += content.length;
    requireTextBytes(longTextBytes);
    if (!TEXT_FIELDS.has(key)) return false;
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

/** @param text of the body, with placeholders */
function readFilled(
  text: string,
  bytes: Uint8Array,
  large: Placeholders,
  keep: (key: string, content: Uint8Array) => boolean,
): unknown {
  const original = () => decode(bytes);
  const input = parseJson(text, original);
  try {
    return fillIn(input, large, keep);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // Only a stack that is too small for the body ends here.
    if (error instanceof RangeError) throw new ApiError('invalid_parameter', 'The body is nested too deeply.');
    // A large string is malformed: the body itself says where.
    return parseJson(original());
  }
}

function requireTextBytes(bytes: number): void {
  if (bytes <= MAX_TEXT_BYTES) return;
  throw new ApiError('body_too_large', `The body must have at most ${MAX_TEXT_BYTES} bytes beside its pictures.`);
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

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ApiError('invalid_json', 'The body is not valid UTF-8.');
  }
}

/** @throws ApiError `unsupported_media_type` or `body_too_large` */
export async function readBytes(request: Request | Response, maxBytes: number): Promise<Uint8Array> {
  if (request.headers.has('content-encoding')) {
    throw new ApiError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  return readBounded(
    request,
    maxBytes,
    () => new ApiError('body_too_large', `The body must have at most ${maxBytes} bytes.`),
  );
}
