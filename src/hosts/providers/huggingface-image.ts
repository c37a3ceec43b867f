import { declaredLength } from '../../base/bytes/bounded-body.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_PICTURE_ANSWER_BYTES } from '../../base/sizes.ts';
import { type Host, huggingfaceRouter } from '../../call/hosts.ts';
import type { GeneratedFormat, PictureRequest } from '../../call/pictures.ts';
import type { ImageTarget } from '../../call/tasks.ts';
import type { ProviderOf } from '../protocols/huggingface-library.ts';
import {
  decodeDataUrl,
  download,
  falResult,
  replicateResult,
  requirePicture,
} from '../protocols/huggingface-picture.ts';
import { buildRequest, type ProviderModel, readByLibrary } from '../protocols/huggingface-request.ts';
import { readAnswer, readJson } from '../upstream/answer.ts';
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
          return send(upstream, call, (response) => readPicture(response, upstream.name, request));
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

/**
 * The file itself, or JSON that says why there is none. The file's own format counts, not the declared one.
 */
async function readPicture(response: Response, name: string, { onBytes }: PictureRequest): Promise<Uint8Array> {
  const type = response.headers.get('content-type') ?? '';
  if (/^(image\/|application\/octet-stream)/i.test(type)) {
    const declared = declaredLength(response);
    if (declared !== undefined) onBytes?.(declared);
    const onChunk = declared === undefined ? onBytes : undefined;
    return requirePicture(await readAnswer(response, name, { maxBytes: MAX_PICTURE_ANSWER_BYTES, onChunk }), name);
  }
  if (/json|^text\/plain/i.test(type)) await readJson(response, name, MAX_ERROR_ANSWER_BYTES);
  else await response.body?.cancel();
  throw invalidAnswer(name, 'with something that is not a picture');
}
