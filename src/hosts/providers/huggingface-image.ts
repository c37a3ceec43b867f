import { concat } from '../../base/bytes/concat.ts';
import { fileKindOf, isPictureFormat } from '../../base/bytes/file-kind.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_PICTURE_ANSWER_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { type Host, huggingfaceRouter } from '../../call/hosts.ts';
import type { GeneratedFormat, PictureRequest } from '../../call/pictures.ts';
import type { ImageTarget } from '../../call/tasks.ts';
import type { ProviderOf } from '../protocols/huggingface-library.ts';
import { decodeDataUrl, download, falResult, replicateResult } from '../protocols/huggingface-picture.ts';
import { buildRequest, type ProviderModel, readByLibrary } from '../protocols/huggingface-request.ts';
import { relayBytes } from '../stream/relay-bytes.ts';
import { readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send } from '../upstream/transport.ts';

type ImageProvider = ProviderOf<'text-to-image'>;

/**
 * Text to image at one of the providers behind Hugging Face's router. The host chooses the format of the
 * picture.
 */
export function image(provider: ImageProvider, providerId: string): ImageTarget {
  return target({ host: huggingfaceRouter, provider, providerId }, provider, []);
}

/**
 * Another server with hf-inference's task, such as this project's inference server. `Accept` selects the
 * format.
 */
export function imageAt(host: Host, upstreamModel: string): ImageTarget {
  return target({ host, provider: 'hf-inference', providerId: upstreamModel }, 'hf-inference', ['png', 'jpeg', 'webp']);
}

function target(
  model: ProviderModel<'text-to-image'>,
  provider: ImageProvider,
  formats: readonly GeneratedFormat[],
): ImageTarget {
  return {
    host: model.host,
    upstreamModel: model.host === huggingfaceRouter ? `${provider}/${model.providerId}` : model.providerId,
    formats,
    async generate(request, call) {
      const args = { inputs: request.prompt, parameters: parametersFor(provider, request) };
      const { request: built, helper } = await buildRequest(model, 'text-to-image', args, call);
      const accept = request.format ? { accept: `image/${request.format}` } : {};
      // A hosted picture costs money: a request whose result is unknown is not repeated.
      const upstream = { ...built, headers: { ...built.headers, ...accept }, once: model.host === huggingfaceRouter };
      switch (provider) {
        case 'hf-inference':
          return send({ ...upstream, streamed: true }, call, (response) => passPicture(response, upstream.name, call));
        case 'fal-ai':
          return download(await falResult(upstream, call), upstream.name, call);
        case 'replicate':
          return download(await replicateResult(upstream, call), upstream.name, call);
        default:
          return send(upstream, call, async (response) => {
            const { json } = await readJson(response, upstream.name, MAX_PICTURE_ANSWER_BYTES);
            const dataUrl = await readByLibrary(
              () => helper.getResponse(json, upstream.url, upstream.headers, 'dataUrl'),
              upstream.name,
            );
            return decodeDataUrl(dataUrl, upstream.name);
          });
      }
    },
  };
}

/** Each provider has its own parameters for the size of a picture. */
function parametersFor(
  provider: ImageProvider,
  { width, height, seed, extra }: PictureRequest,
): Record<string, unknown> {
  switch (provider) {
    case 'nscale':
    case 'deepinfra':
      return { ...extra, size: `${width}x${height}`, seed };
    case 'fal-ai':
      return { ...extra, image_size: { width, height }, seed };
    default:
      return { ...extra, width, height, seed };
  }
}

/** Enough to see what a picture is. */
const HEAD_BYTES = 32;

/** Streams the bytes on as they arrive. Their own format counts, not the declared one. */
async function passPicture(response: Response, name: string, call: Call): Promise<Response> {
  const { body, headers } = response;
  const type = headers.get('content-type') ?? '';
  const notPicture = () => invalidAnswer(name, 'with something that is not a picture');
  if (!body || !/^(image\/|application\/octet-stream)/i.test(type)) {
    if (body && /json|^text\/plain/i.test(type)) await readJson(response, name, MAX_ERROR_ANSWER_BYTES);
    else await body?.cancel();
    throw notPicture();
  }
  const reader = body.getReader();
  let head: Uint8Array = new Uint8Array();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    head = concat([head, next.value]);
    if (head.length >= HEAD_BYTES) break;
  }
  const kind = fileKindOf(head);
  if (!kind || !isPictureFormat(kind)) {
    await reader.cancel();
    throw notPicture();
  }
  reader.releaseLock();
  return relayBytes(response, { type: `image/${kind}`, head, call });
}
