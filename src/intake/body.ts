import type * as z from 'zod/mini';
import { readBounded } from '../bytes/bounded-body.ts';
import { ApiError } from '../errors.ts';
import type { Attachments } from './items.ts';
import { parseJson } from './json-text.ts';
import { validate } from './validate.ts';

const MOST_BYTES = 25 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * Reads a JSON body and checks it against a schema.
 *
 * @throws ApiError `unsupported_media_type`, `body_too_large`, `invalid_json` or `invalid_parameter`
 */
export async function readJsonBody<Schema extends z.ZodMiniType>(
  request: Request,
  schema: Schema,
): Promise<z.infer<Schema>> {
  if (mediaType(request) !== 'application/json') {
    throw new ApiError('unsupported_media_type', 'Send the body as JSON, with Content-Type: application/json.');
  }
  return validate(schema, parseJson(await readText(request)));
}

export interface ItemsBody<Body> {
  readonly body: Body;
  readonly attachments: Attachments;
}

/**
 * Reads a body that may carry pictures: JSON; multipart with a JSON part named `payload`, whose items refer to other
 * parts as `attach://name`; or one picture as it is (`Content-Type: image/*`), with all else in the query string.
 *
 * @param pictureField the field that a picture as it is stands for
 * @param listFields fields of the query string that are lists, even where they come once
 */
export async function readItemsBody<Schema extends z.ZodMiniType>(
  request: Request,
  schema: Schema,
  pictureField: string,
  listFields: readonly string[] = [],
): Promise<ItemsBody<z.infer<Schema>>> {
  const type = mediaType(request);
  if (type === 'multipart/form-data') return readMultipart(request, schema);
  if (type.startsWith('image/')) {
    const bytes = await readBytes(request);
    const body = {
      ...fromQuery(new URL(request.url).searchParams, listFields),
      [pictureField]: { image: 'attach://body' },
    };
    return { body: validate(schema, body), attachments: new Map([['body', bytes]]) };
  }
  if (type !== 'application/json') {
    throw new ApiError('unsupported_media_type', 'Send JSON, multipart/form-data, or one picture as image/*.');
  }
  return { body: validate(schema, parseJson(await readText(request))), attachments: new Map() };
}

async function readMultipart<Schema extends z.ZodMiniType>(
  request: Request,
  schema: Schema,
): Promise<ItemsBody<z.infer<Schema>>> {
  const bytes = await readBytes(request);
  let form: FormData;
  try {
    form = await new Response(bytes, {
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
    }).formData();
  } catch {
    throw new ApiError('invalid_parameter', 'The body is not valid multipart/form-data.');
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
  const text = typeof payload === 'string' ? payload : await payload.text();
  return { body: validate(schema, parseJson(text)), attachments };
}

/** A query string as the fields of a JSON body: numbers and booleans where they look like it, except in lists. */
function fromQuery(query: URLSearchParams, listFields: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const value = query.get(name) ?? '';
    if (listFields.includes(name)) fields[name] = query.getAll(name);
    else if (/^-?\d+(\.\d+)?$/.test(value)) fields[name] = Number(value);
    else fields[name] = value === 'true' || value === 'false' ? value === 'true' : value;
  }
  return fields;
}

function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

async function readText(request: Request): Promise<string> {
  const bytes = await readBytes(request);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ApiError('invalid_json', 'The body is not valid UTF-8.');
  }
}

async function readBytes(request: Request): Promise<Uint8Array> {
  if (request.headers.has('content-encoding')) {
    throw new ApiError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  return readBounded(request, MOST_BYTES, tooLarge);
}

const tooLarge = () => new ApiError('body_too_large', `The body is larger than ${MOST_BYTES} bytes.`);
