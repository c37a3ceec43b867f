import { takePictures } from '../../base/bytes/large-strings.ts';
import type { Placeholders } from '../../base/bytes/placeholders.ts';
import { MAX_PICTURE_ANSWER_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { sleep } from '../../call/sleep.ts';
import { decodePicture } from '../../intake/base64.ts';
import { sniff } from '../pictures/picture-format.ts';
import { parseAnswer, readAnswer, readJson } from '../upstream/answer.ts';
import { invalidAnswer, UpstreamFailure } from '../upstream/failure.ts';
import { checkUrl } from '../upstream/public-url.ts';
import { send, type UpstreamRequest } from '../upstream/transport.ts';

/** How hosts of pictures answer: in base64, with a place in a queue, or with the URL of a picture. */

const utf8 = new TextDecoder();

const FIRST_POLL_MS = 500;
const POLL_MS = 5_000;
/**
 * In the background a queue can take many minutes. Workers Free allows 50 requests to hosts: 14 minutes take
 * 46.
 */
const MAX_POLL_MS = 30_000;

interface PictureJson {
  readonly json: unknown;
  /** What placeholders in the JSON stand for. */
  readonly large?: Placeholders | undefined;
}

/**
 * Reads JSON with a picture in base64, which stays in the bytes: as strings, it would be in memory three
 * times more.
 */
export async function readPictureJson(response: Response, name: string, maxBytes: number): Promise<PictureJson> {
  const bytes = await readAnswer(response, name, { maxBytes });
  const { rest = bytes, large } = takePictures(bytes) ?? {};
  return { json: parseAnswer(utf8.decode(rest), name), large };
}

/** @param source base64, or a data URL; or the placeholder of one, whose content is overwritten */
export function decodeDataUrl(source: unknown, name: string, large?: Placeholders): Uint8Array {
  const text = String(source);
  const bytes = decodePicture(large?.contentOf(text) ?? text, true);
  if (!bytes) throw invalidAnswer(name, 'with bad base64');
  return requirePicture(bytes, name);
}

/** @throws UpstreamFailure if the bytes are not a picture. Their own format counts, not the declared one. */
export function requirePicture(bytes: Uint8Array, name: string): Uint8Array {
  if (!sniff(bytes)) throw invalidAnswer(name, 'with something that is not a picture');
  return bytes;
}

/** fal.ai answers with a place in a queue. The library would poll it without a limit. */
export async function falResult(request: UpstreamRequest, call: Call): Promise<string> {
  const since = Date.now();
  const queued = await json(request, call);
  const place = typeof queued.response_url === 'string' ? URL.parse(queued.response_url)?.pathname : undefined;
  if (!place) throw invalidAnswer(request.name, 'without a place in its queue');
  const url = new URL(request.url);
  const at = (suffix: string) => `${url.origin}/fal-ai${place}${suffix}${url.search}`;
  let { status } = queued;
  for (let poll = 0; status !== 'COMPLETED'; poll++) {
    await sleep(pollDelay(poll, since), call);
    status = (await json(get(request, at('/status')), call)).status;
    if (status !== 'COMPLETED' && status !== 'IN_QUEUE' && status !== 'IN_PROGRESS') throw failed(request.name);
  }
  const { images } = (await json(get(request, at('')), call)) as { images?: { url?: unknown }[] };
  return pictureUrl(images?.[0]?.url, request.name);
}

/**
 * Replicate holds the connection for up to a minute (`Prefer: wait`), then answers with a prediction to poll.
 */
export async function replicateResult(request: UpstreamRequest, call: Call): Promise<string> {
  const since = Date.now();
  let prediction = await json(request, call);
  for (let poll = 0; prediction.status === 'starting' || prediction.status === 'processing'; poll++) {
    if (typeof prediction.id !== 'string') throw invalidAnswer(request.name, 'without the id of its prediction');
    await sleep(pollDelay(poll, since), call);
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

/**
 * Longer and longer: the plan limits the requests of a request. After half a minute, a seventh of the time so
 * far.
 */
function pollDelay(poll: number, since: number): number {
  const most = Math.min(MAX_POLL_MS, Math.max(POLL_MS, (Date.now() - since) * 0.15));
  return Math.min(most, FIRST_POLL_MS * 1.3 ** poll);
}

function get({ name, headers }: UpstreamRequest, url: string): UpstreamRequest {
  return { name, url, method: 'GET', headers };
}

function json(request: UpstreamRequest, call: Call): Promise<Record<string, unknown>> {
  return send(request, call, async (response) => {
    const { json } = await readJson(response, request.name, MAX_PICTURE_ANSWER_BYTES);
    if (typeof json !== 'object' || json === null)
      throw invalidAnswer(request.name, 'with something that is not an object');
    return json as Record<string, unknown>;
  });
}

function failed(name: string): UpstreamFailure {
  return new UpstreamFailure('server-error', `The host ${name} could not generate this picture.`);
}

function pictureUrl(url: unknown, name: string): string {
  if (typeof url !== 'string') throw invalidAnswer(name, 'without the URL of a picture');
  return url;
}

/**
 * The finished picture is at a public URL. It is fetched without the credential, and only if it passes the
 * guard.
 */
export function download(url: string, name: string, call: Call): Promise<Uint8Array> {
  const safe = checkUrl(url);
  if (!safe) throw invalidAnswer(name, 'with a URL that is not safe to fetch');
  const picture = send({ name, url: safe.href, method: 'GET', headers: {} }, call, async (response) =>
    requirePicture(await readAnswer(response, name, { maxBytes: MAX_PICTURE_ANSWER_BYTES }), name),
  );
  // A 403 here says nothing about the Worker's credential.
  return picture.catch((error: unknown) => {
    if (call.cancellation.reason) throw call.cancellation.reason;
    if (error instanceof UpstreamFailure && error.reason === 'answer-too-large') throw error;
    throw invalidAnswer(name, 'with the URL of a picture that cannot be fetched');
  });
}
