import type { InferenceProvider } from '@huggingface/inference';
import { type Call, followClient } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { type Host, huggingfaceRouter } from '../hosts.ts';
import { sniff } from '../pictures/picture-format.ts';
import { checkUrl } from '../pictures/public-url.ts';
import type { ImageTarget, PictureFormat, PictureRequest } from '../tasks.ts';
import { readAnswer, readJson, send, sleep, type UpstreamRequest } from '../upstream/transport.ts';
import { read } from './huggingface.ts';
import { buildRequest, type ProviderModel } from './huggingface-request.ts';
import { invalid } from './vectors.ts';

type ImageProvider = Extract<
  InferenceProvider,
  'hf-inference' | 'together' | 'nscale' | 'deepinfra' | 'replicate' | 'fal-ai'
>;

const MOST_BYTES = 32 * 1024 * 1024;
const POLL_MS = 500;

/** Text to image at one of the providers behind Hugging Face's router. The host chooses the format of the picture. */
export function image(provider: ImageProvider, providerId: string): ImageTarget {
  return target({ host: huggingfaceRouter, provider, providerId }, provider, []);
}

/** A server of one's own with hf-inference's task, such as this project's origin: picks the format by `Accept`. */
export function imageAt(host: Host, upstreamModel: string): ImageTarget {
  return target({ host, provider: 'hf-inference', providerId: upstreamModel }, 'hf-inference', ['png', 'jpeg', 'webp']);
}

function target(model: ProviderModel, provider: ImageProvider, formats: readonly PictureFormat[]): ImageTarget {
  return {
    host: model.host,
    upstreamModel: model.host === huggingfaceRouter ? `${provider}/${model.providerId}` : model.providerId,
    formats,
    async generate(request, call) {
      const args = { inputs: request.prompt, parameters: parametersFor(provider, request) };
      const { request: built, helper } = await buildRequest(model, 'text-to-image', args, call);
      const accept = request.format ? { accept: `image/${request.format}` } : {};
      const upstream = { ...built, headers: { ...built.headers, ...accept } };
      switch (provider) {
        case 'hf-inference':
          followClient(call);
          return send(upstream, call, (response) => passPicture(response, upstream.name, call));
        case 'fal-ai':
          return download(await falResult(upstream, call), upstream.name, call);
        case 'replicate':
          return download(await replicateResult(upstream, call), upstream.name, call);
        default:
          return send(upstream, call, async (response) => {
            const { json } = await readJson(response, upstream.name, MOST_BYTES);
            const dataUrl = await read(
              () => helper.getResponse(json, upstream.url, upstream.headers, 'dataUrl'),
              upstream.name,
            );
            return decodeDataUrl(dataUrl, upstream.name);
          });
      }
    },
  };
}

/** Each provider has its own words for a picture's size. */
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

/** Raw bytes are streamed on as they come. */
async function passPicture(response: Response, name: string, call: Call): Promise<Response> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('image/') || !response.body) {
    await response.body?.cancel();
    throw invalid(name, 'with something that is not a picture');
  }
  // A body that is passed on as it is outlives every timer: through a pipe, the total limit still ends it.
  const length = response.headers.get('content-length');
  const { readable, writable } =
    length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length));
  call.waitUntil(response.body.pipeTo(writable).catch(() => {}));
  return new Response(readable, { headers: { 'content-type': type } });
}

function decodeDataUrl(dataUrl: unknown, name: string): Response {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(String(dataUrl).replace(/^data:[^,]*,/, ''));
  } catch {
    throw invalid(name, 'with bad base64');
  }
  return asPicture(bytes, name);
}

/** @throws ApiError `upstream_invalid_answer` where the bytes are no picture; their own format counts, not the label. */
function asPicture(bytes: Uint8Array, name: string): Response {
  const picture = sniff(bytes);
  if (!picture) throw invalid(name, 'with something that is not a picture');
  return new Response(bytes, { headers: { 'content-type': picture.mediaType } });
}

/** fal.ai answers with a place in a queue. The library would wait for it without a limit. */
async function falResult(request: UpstreamRequest, call: Call): Promise<string> {
  const queued = await json(request, call);
  const place = typeof queued.response_url === 'string' ? URL.parse(queued.response_url)?.pathname : undefined;
  if (!place) throw invalid(request.name, 'without a place in its queue');
  const url = new URL(request.url);
  const at = (suffix: string) => `${url.origin}/fal-ai${place}${suffix}${url.search}`;
  let { status } = queued;
  while (status !== 'COMPLETED') {
    await sleep(POLL_MS, call);
    status = (await json(get(request, at('/status')), call)).status;
    if (status !== 'COMPLETED' && status !== 'IN_QUEUE' && status !== 'IN_PROGRESS') throw failed(request.name);
  }
  const { images } = (await json(get(request, at('')), call)) as { images?: { url?: unknown }[] };
  return pictureUrl(images?.[0]?.url, request.name);
}

/** Replicate holds the connection for up to a minute (`Prefer: wait`), then answers with a prediction to ask again. */
async function replicateResult(request: UpstreamRequest, call: Call): Promise<string> {
  let prediction = await json(request, call);
  while (prediction.status === 'starting' || prediction.status === 'processing') {
    if (typeof prediction.id !== 'string') throw invalid(request.name, 'without the id of its prediction');
    await sleep(POLL_MS, call);
    const { origin } = new URL(request.url);
    prediction = await json(
      get(request, `${origin}/replicate/v1/predictions/${encodeURIComponent(prediction.id)}`),
      call,
    );
  }
  if (prediction.status === 'failed' || prediction.status === 'canceled') throw failed(request.name);
  const { output } = prediction;
  return pictureUrl(Array.isArray(output) ? output[0] : output, request.name);
}

function get({ name, headers }: UpstreamRequest, url: string): UpstreamRequest {
  return { name, url, method: 'GET', headers };
}

function json(request: UpstreamRequest, call: Call): Promise<Record<string, unknown>> {
  return send(request, call, async (response) => {
    const { json } = await readJson(response, request.name, MOST_BYTES);
    if (typeof json !== 'object' || json === null) throw invalid(request.name, 'with something that is not an object');
    return json as Record<string, unknown>;
  });
}

function failed(name: string): ApiError {
  return new ApiError('upstream_error', `The host ${name} could not make this picture.`);
}

function pictureUrl(url: unknown, name: string): string {
  if (typeof url !== 'string') throw invalid(name, 'without the address of a picture');
  return url;
}

/** The finished picture lies at a public address, fetched without the credential and only where a guard lets us. */
function download(url: string, name: string, call: Call): Promise<Response> {
  const safe = checkUrl(url);
  if (!safe) throw invalid(name, 'with an address that is not safe to fetch');
  return send({ name, url: safe.href, method: 'GET', headers: {} }, call, async (response) =>
    asPicture(await readAnswer(response, name, MOST_BYTES), name),
  );
}
