import { LargeBody } from '../../base/bytes/placeholders.ts';
import type { Host } from '../../call/hosts.ts';
import type { EncodedPicture, PictureEdit } from '../../call/pictures.ts';
import type { EditTarget, JsonObject, Target } from '../../call/tasks.ts';
import { endpointOf } from './json-request.ts';
import { requestPictures } from './openai-pictures.ts';

const MAX_PICTURES = 16;
const utf8 = new TextEncoder();

/**
 * Edits of pictures by OpenAI's API. Source: https://platform.openai.com/docs/api-reference/images/createEdit
 */
export function editAt(host: Host, upstreamModel: string): EditTarget {
  const target: Target = { host, upstreamModel };
  return {
    ...target,
    pictures: MAX_PICTURES,
    takes: 'all',
    makesSeveral: true,
    edit({ prompt, seed, isSeeded = false, n, parameters, ...files }, call) {
      const { url, token } = endpointOf(host, call);
      const boundary = crypto.randomUUID();
      const headers = {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      };
      const write = (its: JsonObject) => ({
        name: host.name,
        url: `${url}/images/edits`,
        headers,
        body: writeForm(its, files, boundary),
      });
      const fields = { model: upstreamModel, prompt, n, seed, ...parameters };
      return requestPictures(target, { fields, isSeeded, write }, call);
    },
  };
}

/** Pictures are written into the form when it is sent: a `FormData` would copy them twice. */
function writeForm(
  fields: JsonObject,
  { pictures, mask }: Pick<PictureEdit, 'pictures' | 'mask'>,
  boundary: string,
): LargeBody {
  const parts: { bytes: Uint8Array; isBase64: false }[] = [];
  const write = (bytes: Uint8Array) => parts.push({ bytes, isBase64: false });
  // Escaped as browsers do: a name that could end itself could name another model.
  const begin = (name: string, more = '') => {
    const safe = name.replace(/["\r\n]/g, encodeURIComponent);
    const lineEnd = parts.length > 0 ? '\r\n' : '';
    write(utf8.encode(`${lineEnd}--${boundary}\r\ncontent-disposition: form-data; name="${safe}"${more}\r\n\r\n`));
  };
  const addPicture = (name: string, { bytes, mediaType }: EncodedPicture) => {
    begin(
      name,
      `; filename="${name.replace('[]', '')}.${mediaType.slice('image/'.length)}"\r\ncontent-type: ${mediaType}`,
    );
    write(bytes);
  };
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    begin(name);
    write(utf8.encode(String(value)));
  }
  for (const picture of pictures) addPicture(pictures.length === 1 ? 'image' : 'image[]', picture);
  if (mask) addPicture('mask', mask);
  write(utf8.encode(`\r\n--${boundary}--\r\n`));
  return new LargeBody(parts);
}
