import { invalidField } from './form-pieces.ts';
import { type Intake, NO_ATTACHMENTS, type PictureBody } from './intake.ts';
import { decode, requireTextBytes } from './json-body.ts';
import { parseJson } from './json-text.ts';
import { nest, nestedName } from './nested-form.ts';
import { scalarOf } from './query.ts';

const utf8Bytes = new TextEncoder();

/** A form that was read whole. */
type Parts = Iterable<readonly [name: string, part: string | File]>;

/**
 * Reads a form with items: a JSON part named `payload`, whose items refer to other parts as `attach://name`;
 * or the fields themselves, with pictures as files, as `curl -F` and the forms of browsers and phones send
 * them.
 *
 * @throws ApiError `body_too_large`, `invalid_json` or `invalid_parameter`
 */
export async function readItemForm(form: FormData, pictures: PictureBody): Promise<Intake> {
  const parts = [...(form as Parts)];
  const payload = form.get('payload') as string | File | null;
  return payload === null ? readFields(parts, pictures) : readPayload(payload, parts);
}

async function readPayload(payload: string | File, parts: Parts): Promise<Intake> {
  const attachments = new Map<string, Uint8Array>();
  for (const [name, part] of parts) {
    if (name !== 'payload' && typeof part !== 'string') attachments.set(name, new Uint8Array(await part.arrayBuffer()));
  }
  const textBytes = typeof payload === 'string' ? utf8Bytes.encode(payload).length : payload.size;
  requireTextBytes(textBytes);
  const text = typeof payload === 'string' ? payload : decode(new Uint8Array(await payload.arrayBuffer()));
  return { input: parseJson(text), attachments, textBytes, pictures: attachments.size };
}

async function readFields(parts: Parts, { field, lists: wireLists, nested }: PictureBody): Promise<Intake> {
  const values = new Map<string, unknown[]>();
  const lists = nested ? [field, nested.beside] : wireLists;
  const attachments = new Map<string, Uint8Array>();
  let textBytes = 0;
  for (const [sent, part] of parts) {
    // As some clients name the parts of a list.
    const name = sent.replace(/\[\]$/, '');
    const isItem = name === field || lists.includes(name);
    const all = values.get(name) ?? [];
    values.set(name, all);
    if (typeof part === 'string') {
      textBytes += utf8Bytes.encode(name + part).length;
      // All fields beside nested items are texts.
      all.push(isItem || nested ? part : scalarOf(part));
      continue;
    }
    // A field of a browser's form in which no file was chosen.
    if (part.size === 0 && part.name === '') continue;
    if (!isItem || name === nested?.beside)
      throw invalidField(sent, `is an unexpected file: send pictures as ${named([field, ...wireLists])}`);
    const attachment = `${name} ${all.length}`;
    attachments.set(attachment, new Uint8Array(await part.arrayBuffer()));
    all.push({ image: `attach://${attachment}` });
  }
  requireTextBytes(textBytes);
  const input = Object.fromEntries(
    [...values]
      .filter(([, all]) => all.length > 0)
      .map(([name, all]) => [name, lists.includes(name) || all.length > 1 ? all : all[0]]),
  );
  const hasFiles = attachments.size > 0;
  const rest = { attachments: hasFiles ? attachments : NO_ATTACHMENTS, textBytes, pictures: attachments.size };
  if (!nested) return { input, ...rest };
  const partName = nestedName(field, nested, values.get(field)?.length ?? 0);
  return { input: nest(input, field, nested), partName, ...rest };
}

const named = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(' or ');
