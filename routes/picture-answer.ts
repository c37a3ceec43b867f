import { declaredLength, readBounded, readChunks } from '../src/base/bytes/bounded-body.ts';
import { jsonAnswer } from '../src/base/bytes/json-pieces.ts';
import { base64Slices } from '../src/base/bytes/placeholders.ts';
import { ApiError } from '../src/base/errors.ts';
import { MAX_PICTURE_ANSWER_BYTES, MAX_PICTURES_ANSWER_BYTES } from '../src/base/sizes.ts';
import type { Call } from '../src/call/call.ts';
import { inParallel } from '../src/call/in-parallel.ts';
import type { Target } from '../src/call/tasks.ts';
import { type PictureInfo, sniff } from '../src/hosts/pictures/picture-format.ts';
import { noteBreak } from '../src/hosts/stream/relay-bytes.ts';
import { asFailure, invalidAnswer, UpstreamFailure } from '../src/hosts/upstream/failure.ts';
import { firstThatAnswers } from '../src/hosts/upstream/fallback.ts';
import { type PictureEvents, pictureEvents } from './picture-events.ts';

export const MAX_PICTURES = 10;
export const MAX_SEED = 2 ** 31 - 1;
const CONCURRENT_PICTURES = 4;

export function randomSeed(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) & MAX_SEED;
}

/** What a request says about its answer. */
interface Wanted {
  readonly n?: number | null | undefined;
  /** Set if the answer is to be a stream. */
  readonly events?: PictureEvents | undefined;
  readonly response_format?: 'b64_json' | 'url' | null | undefined;
}

interface PictureModel<T extends Target> {
  readonly id: string;
  readonly targets: readonly T[];
}

/** Makes one picture: its file, or an answer with it, which may be streamed on unchanged. */
type Make<T extends Target> = (target: T, seed: number | undefined, call: Call) => Promise<Uint8Array | Response>;

/**
 * Makes pictures and answers with them: in base64 or as data URLs, or with `Accept: image/*` the bytes of one.
 *
 * @param seed of the first picture; undefined if the host chooses. The others have the numbers after it
 */
export async function answerPictures<T extends Target>(
  body: Wanted,
  model: PictureModel<T>,
  seed: number | undefined,
  call: Call,
  make: Make<T>,
): Promise<Response> {
  const n = body.n ?? 1;
  if (!body.events && /^image\//i.test(call.headers.get('accept') ?? '')) {
    if (n > 1) throw new ApiError('invalid_parameter', '`n` must be 1 with Accept: image/*.', { param: 'n' });
    return passOn(model, seed, call, make);
  }
  const seeds = Array.from({ length: n }, (_, i) => (seed === undefined ? seed : (seed + i) % (MAX_SEED + 1)));
  let room = MAX_PICTURES_ANSWER_BYTES;
  const onBytes = (bytes: number) => {
    room -= bytes;
    if (room < 0) throw tooMuch(model.id);
  };
  const pictures = await inParallel(seeds, CONCURRENT_PICTURES, call, async (seed, part) => ({
    seed,
    ...(await complete(model, part, onBytes, (target, call) => make(target, seed, call))),
  }));
  // What went through a pipe here has been read to its end.
  delete call.report.streamed;
  if (body.events) return pictureEvents(pictures, body.events);
  return jsonAnswer(pieces(model.id, pictures, body.response_format === 'url'));
}

interface Generated {
  readonly bytes: Uint8Array;
  readonly info: PictureInfo;
}

async function passOn<T extends Target>(
  model: PictureModel<T>,
  seed: number | undefined,
  call: Call,
  make: Make<T>,
): Promise<Response> {
  const picture = await firstThatAnswers(model, call, (target, call) => make(target, seed, call));
  call.report.images = 1;
  const isFile = picture instanceof Uint8Array;
  const type = isFile ? sniff(picture)?.mediaType : picture.headers.get('content-type');
  const headers = {
    'content-type': type ?? 'image/png',
    ...(seed !== undefined && { 'x-cedalion-seed': String(seed) }),
  };
  return noteBreak(new Response(isFile ? picture : picture.body, { headers }), call);
}

/** A complete picture: reading it is part of the attempt, so that another target can replace a host that breaks off. */
function complete<T extends Target>(
  model: PictureModel<T>,
  call: Call,
  onBytes: (bytes: number) => void,
  make: (target: T, call: Call) => Promise<Uint8Array | Response>,
): Promise<Generated> {
  return firstThatAnswers(model, call, async (target, call) => {
    const { name } = target.host;
    const picture = await make(target, call);
    const bytes = await call.cancellation
      .race(readPicture(picture, name, onBytes))
      .catch((error: unknown) => Promise.reject(asFailure(error, name)));
    // The host is paid for it, also if the others fail, or all of them are too large together.
    call.report.images = (call.report.images ?? 0) + 1;
    const info = sniff(bytes);
    if (!info) throw invalidAnswer(name, 'with something that is not a picture');
    return { bytes, info };
  });
}

async function readPicture(
  answer: Uint8Array | Response,
  name: string,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array> {
  if (answer instanceof Uint8Array) {
    onBytes(answer.length);
    return answer;
  }
  const tooLarge = () => new UpstreamFailure('answer-too-large', `The picture of the host ${name} is too large.`);
  const declared = declaredLength(answer);
  if (declared === undefined && answer.body) {
    return readChunks(answer.body, MAX_PICTURE_ANSWER_BYTES, tooLarge, onBytes);
  }
  // In one buffer.
  onBytes(declared ?? 0);
  return readBounded(answer, MAX_PICTURE_ANSWER_BYTES, tooLarge);
}

function* pieces(model: string, pictures: readonly (Generated & { seed: number | undefined })[], asUrl: boolean) {
  const info = pictures[0]?.info;
  const head = {
    created: Math.floor(Date.now() / 1000),
    model,
    output_format: info?.mediaType.slice('image/'.length),
    size: `${info?.width}x${info?.height}`,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"data":[`;
  let separator = '';
  for (const { seed, bytes, info } of pictures) {
    yield `${separator}{${asUrl ? `"url":"data:${info.mediaType};base64,` : '"b64_json":"'}`;
    yield* base64Slices(bytes);
    yield seed === undefined ? '"}' : `","seed":${seed}}`;
    separator = ',';
  }
  yield ']}';
}

function tooMuch(id: string): ApiError {
  return new ApiError(
    'upstream_answer_too_large',
    `The pictures of ${id} are larger than ${MAX_PICTURES_ANSWER_BYTES} bytes together. Send a smaller \`n\`.`,
  );
}
