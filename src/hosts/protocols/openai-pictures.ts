import type { QuirkName } from '../../base/quirk-names.ts';
import { MAX_PICTURE_ANSWER_BYTES, MAX_SEVERAL_PICTURES_ANSWER_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject, Target } from '../../call/tasks.ts';
import { adapted } from '../upstream/adapted.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send, type UpstreamRequest } from '../upstream/transport.ts';
import { decodeDataUrl, download, readPictureJson } from './huggingface-picture.ts';

/** What requests for pictures by OpenAI's API share: https://platform.openai.com/docs/api-reference/images */

/** GPT Image models by their own names: the first request of an isolate need not be rejected. */
const GPT_IMAGE = /^(chatgpt|gpt)-image/;
const NO_RESPONSE_FORMAT: readonly QuirkName[] = ['no_response_format'];
const QUIRKS: readonly QuirkName[] = [...NO_RESPONSE_FORMAT, 'no_n'];

interface PicturesRequest {
  readonly fields: JsonObject & { readonly n?: number | undefined };
  /** Whether the caller chose the seed: then it is not left out. */
  readonly isSeeded: boolean;
  write(fields: JsonObject): Omit<UpstreamRequest, 'once'>;
}

/** Asks for pictures in base64. @returns their files: fewer than `n` if the host does not know it */
export function requestPictures(
  target: Target,
  { fields, isSeeded, write }: PicturesRequest,
  call: Call,
): Promise<Uint8Array[]> {
  const request = {
    target,
    fields: { ...fields, response_format: 'b64_json' },
    quirks: isSeeded ? QUIRKS : [...QUIRKS, 'no_seed' as const],
    assumed: GPT_IMAGE.test(target.upstreamModel) ? NO_RESPONSE_FORMAT : undefined,
    // A picture costs money: a request whose result is unknown is not repeated.
    write: (its: JsonObject) => ({ ...write(its), once: true }),
  };
  const { name } = target.host;
  return send(adapted(request, call), call, (response) => readPictures(response, { name, n: fields.n ?? 1 }, call));
}

interface PictureData {
  readonly b64_json?: unknown;
  readonly url?: unknown;
}

async function readPictures(
  response: Response,
  { name, n }: { readonly name: string; readonly n: number },
  call: Call,
): Promise<Uint8Array[]> {
  const maxBytes = n > 1 ? MAX_SEVERAL_PICTURES_ANSWER_BYTES : MAX_PICTURE_ANSWER_BYTES;
  const { json, large } = await readPictureJson(response, name, maxBytes);
  const data = (json as { data?: unknown } | null)?.data;
  if (!Array.isArray(data) || data.length === 0) throw invalidAnswer(name, 'without a picture');
  const pictures: Uint8Array[] = [];
  for (const picture of data.slice(0, n) as (PictureData | null)[]) {
    if (typeof picture?.b64_json === 'string') pictures.push(decodeDataUrl(picture.b64_json, name, large));
    else if (typeof picture?.url !== 'string') throw invalidAnswer(name, 'without a picture');
    else {
      const isData = picture.url.startsWith('data:') || large?.contentOf(picture.url) !== undefined;
      pictures.push(isData ? decodeDataUrl(picture.url, name, large) : await download(picture.url, name, call));
    }
  }
  return pictures;
}
