import { LargeBody } from '../../base/bytes/placeholders.ts';
import { MAX_PICTURE_ANSWER_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import type { Host } from '../../call/hosts.ts';
import type { EditTarget, EncodedPicture, PictureEdit } from '../../call/tasks.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send } from '../upstream/transport.ts';
import { decodeDataUrl, download, readPictureJson } from './huggingface-picture.ts';
import { endpointOf } from './json-request.ts';

/** GPT Image models always answer in base64, and reject the field that asks for it. */
const ALWAYS_BASE64 = /^(chatgpt|gpt)-image/;
const MAX_PICTURES = 16;
const utf8 = new TextEncoder();

/** Edits of pictures by OpenAI's API. Source: https://platform.openai.com/docs/api-reference/images/createEdit */
export function editAt(host: Host, upstreamModel: string): EditTarget {
  return {
    host,
    upstreamModel,
    pictures: MAX_PICTURES,
    takes: 'all',
    edit(request, call) {
      const { url, token } = endpointOf(host, call);
      const boundary = crypto.randomUUID();
      const headers = {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      };
      const body = writeForm(request, upstreamModel, boundary);
      // An edited picture costs money: a request whose result is unknown is not repeated.
      const upstream = { name: host.name, url: `${url}/images/edits`, headers, body, once: true };
      return send(upstream, call, (response) => readPicture(response, host.name, call));
    },
  };
}

/** Pictures are written into the form when it is sent: a `FormData` would copy them twice. */
function writeForm(
  { prompt, pictures, mask, seed, parameters }: PictureEdit,
  model: string,
  boundary: string,
): LargeBody {
  const format = ALWAYS_BASE64.test(model) ? {} : { response_format: 'b64_json' };
  const parts: { bytes: Uint8Array; isBase64: false }[] = [];
  const write = (bytes: Uint8Array) => parts.push({ bytes, isBase64: false });
  // Escaped as browsers do: a name that could end itself could name another model.
  const begin = (name: string, more = '') => {
    const safe = name.replace(/["\r\n]/g, encodeURIComponent);
    write(utf8.encode(`\r\n--${boundary}\r\ncontent-disposition: form-data; name="${safe}"${more}\r\n\r\n`));
  };
  const addPicture = (name: string, { bytes, mediaType }: EncodedPicture) => {
    begin(
      name,
      `; filename="${name.replace('[]', '')}.${mediaType.slice('image/'.length)}"\r\ncontent-type: ${mediaType}`,
    );
    write(bytes);
  };
  for (const [name, value] of Object.entries({ model, prompt, seed, ...format, ...parameters })) {
    if (value === undefined) continue;
    begin(name);
    write(utf8.encode(String(value)));
  }
  for (const picture of pictures) addPicture(pictures.length === 1 ? 'image' : 'image[]', picture);
  if (mask) addPicture('mask', mask);
  write(utf8.encode(`\r\n--${boundary}--\r\n`));
  return new LargeBody(parts);
}

async function readPicture(response: Response, name: string, call: Call): Promise<Uint8Array> {
  const { json, large } = await readPictureJson(response, name, MAX_PICTURE_ANSWER_BYTES);
  const [picture] = (json as { data?: { b64_json?: unknown; url?: unknown }[] } | null)?.data ?? [];
  if (typeof picture?.b64_json === 'string') return decodeDataUrl(picture.b64_json, name, large);
  if (typeof picture?.url !== 'string') throw invalidAnswer(name, 'without a picture');
  const isData = picture.url.startsWith('data:') || large?.contentOf(picture.url) !== undefined;
  return isData ? decodeDataUrl(picture.url, name, large) : download(picture.url, name, call);
}
