import { declaredLength } from '../base/bytes/bounded-body.ts';
import { ApiError } from '../base/errors.ts';
import { bodyTooLarge, isPictureType, readBytes } from './body.ts';
import { boundaryOf } from './boundary.ts';
import { drain } from './drain.ts';
import { formPieces, invalidField } from './form-pieces.ts';
import { inTime } from './in-time.ts';
import { type Intake, NO_ATTACHMENTS } from './intake.ts';
import { readJson } from './json-body.ts';
import { type PartName, partOf } from './part-names.ts';
import { readQuery } from './query.ts';

const NUMBERS = /^(n|seed|guidance_scale|num_inference_steps|output_compression|partial_images)$/;
const FLAGS = /^(stream|background)$/;

const utf8 = new TextDecoder();

/**
 * Reads pictures with the parameters that belong to them: JSON; OpenAI's form with the files `image` or
 * `image[]`, and `mask`; or one picture, with the parameters in the query string. They become what the JSON
 * would be, with pictures as `attach://name`.
 *
 * @throws ApiError `unsupported_media_type`, `body_too_large`, `body_timeout`, `invalid_json` or
 * `invalid_parameter`
 */
export async function readPictureForm(source: Request | Response, maxBytes: number, url: string): Promise<Intake> {
  try {
    return await inTime(source, read(source, maxBytes, url));
  } catch (error) {
    await drain(source.body);
    throw error;
  }
}

async function read(source: Request | Response, maxBytes: number, url: string): Promise<Intake> {
  const boundary = boundaryOf(source);
  if (boundary === undefined || !source.body) {
    return readOther(source, maxBytes, url);
  }
  const fields: Record<string, unknown> = {};
  const files: { readonly name: string; readonly start: number; end: number }[] = [];
  const most = declaredLength(source) ?? maxBytes;
  if (most > maxBytes) throw bodyTooLarge(maxBytes, true);
  // One buffer for all files: joined from chunks, they would be in memory twice.
  const storage = new Uint8Array(most);
  let stored = 0;
  let textBytes = 0;
  let bytesRead = 0;
  const count = (bytes: number) => {
    bytesRead += bytes;
    if (bytesRead > most) throw bodyTooLarge(most, true);
  };
  for await (const piece of formPieces(source.body, boundary, count)) {
    const file = files.at(-1);
    if (piece.kind === 'data' && file) {
      storage.set(piece.bytes, stored);
      stored += piece.bytes.length;
      file.end = stored;
    } else if (piece.kind === 'file') files.push({ name: piece.name, start: stored, end: stored });
    else if (piece.kind === 'field') {
      if (Object.hasOwn(fields, piece.name)) throw invalidField(piece.name, 'appears twice');
      fields[piece.name] = readValue(piece.name, utf8.decode(piece.value));
      textBytes += piece.value.length;
    }
  }
  const attachments = new Map<string, Uint8Array>();
  const attach = (name: string, bytes: Uint8Array) => {
    attachments.set(name, bytes);
    return { image_url: `attach://${name}` };
  };
  const images: object[] = [];
  for (const { name, start, end } of files) {
    const bytes = storage.subarray(start, end);
    if (name === 'image' || name === 'image[]') images.push(attach(`image ${images.length}`, bytes));
    else if (name === 'mask' && !fields.mask) fields.mask = attach('mask', bytes);
    else throw invalidField(name, 'is an unexpected file');
  }
  const input = { ...fields, ...(images.length > 0 && { images }) };
  return {
    input,
    partName: partNameOf(images.length),
    attachments: attachments.size > 0 ? attachments : NO_ATTACHMENTS,
    textBytes,
    pictures: images.length,
  };
}

const PICTURES = { field: 'image', lists: [] };

/** JSON, or one picture. */
async function readOther(source: Request | Response, maxBytes: number, url: string): Promise<Intake> {
  const type = source.headers.get('content-type') ?? '';
  const bytes = await readBytes(source, maxBytes, PICTURES);
  if (/^application\/json\b/i.test(type)) return readJson(bytes, { maxBytes, pictures: PICTURES });
  if (!isPictureType(type)) {
    const message =
      'Send JSON, multipart/form-data with a boundary, or one picture as image/* or application/octet-stream.';
    throw new ApiError('unsupported_media_type', message);
  }
  const input = { ...readQuery(url), images: [{ image_url: 'attach://body' }] };
  const textBytes = new URL(url).search.length;
  return { input, attachments: new Map([['body', bytes]]), textBytes, pictures: 1, partName: partNameOf(1) };
}

/** `image` for `images[0]`, if that is the only one. */
function partNameOf(count: number): PartName {
  return (path) =>
    path.replace(/^images\b(?:\[(\d+)\](?:\.image_url)?)?/, (_, i) =>
      i ? partOf('image', Number(i), count) : 'image',
    );
}

function readValue(name: string, text: string): unknown {
  if (NUMBERS.test(name) && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return FLAGS.test(name) && (text === 'true' || text === 'false') ? text === 'true' : text;
}
