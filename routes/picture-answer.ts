import { declaredLength, readBounded, readChunks } from '../src/base/bytes/bounded-body.ts';
import { jsonAnswer } from '../src/base/bytes/json-pieces.ts';
import { base64Slices } from '../src/base/bytes/placeholders.ts';
import { ApiError } from '../src/base/errors.ts';
import { MAX_PICTURE_ANSWER_BYTES, MAX_PICTURES_ANSWER_BYTES } from '../src/base/sizes.ts';
import { toSeconds } from '../src/base/to-seconds.ts';
import type { Call } from '../src/call/call.ts';
import { inParallel } from '../src/call/in-parallel.ts';
import type { Made } from '../src/call/pictures.ts';
import type { Target } from '../src/call/tasks.ts';
import { type PictureInfo, sniff } from '../src/hosts/pictures/picture-format.ts';
import { keptAlive } from '../src/hosts/stream/kept-alive.ts';
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
  readonly seed?: number | null | undefined;
  /** Set if the answer is to be a stream. */
  readonly events?: PictureEvents | undefined;
  readonly response_format?: 'b64_json' | 'url' | null | undefined;
}

type Maker = Target & { readonly makesSeveral?: boolean };

interface PictureModel<T extends Maker> {
  readonly id: string;
  readonly targets: readonly T[];
}

/** One request to a host. */
interface Part {
  readonly seed: number | undefined;
  /** Whether the caller chose the seed, or the one that this one is counted from. */
  readonly isSeeded: boolean;
  /** More than one only for a target that makes several. */
  readonly n?: number | undefined;
}

type Make<T extends Maker> = (target: T, wanted: Part, call: Call) => Promise<Made>;

/**
 * Makes pictures and answers with them: in base64 or as data URLs, or with `Accept: image/*` the bytes of
 * one.
 *
 * @param seed of the first picture; undefined if the host chooses. The others have the numbers after it
 */
export async function answerPictures<T extends Maker>(
  body: Wanted,
  model: PictureModel<T>,
  seed: number | undefined,
  call: Call,
  make: Make<T>,
): Promise<Response> {
  const n = body.n ?? 1;
  const isSeeded = body.seed !== undefined && body.seed !== null;
  if (!body.events && /^image\//i.test(call.headers.get('accept') ?? '')) {
    if (n > 1) throw new ApiError('invalid_parameter', '`n` must be 1 with Accept: image/*.', { param: 'n' });
    return passOn(model, { seed, isSeeded }, call, make);
  }
  const answer = async () => {
    const pictures = await makeAll({ n, seed, isSeeded }, model, call, make);
    // What went through a pipe here has been read to its end.
    call.outcome.endBody();
    if (body.events) return pictureEvents(pictures, body.events);
    return jsonAnswer(pieces(model.id, pictures, body.response_format === 'url'));
  };
  return body.events ? keptAlive(answer(), call) : answer();
}

async function makeAll<T extends Maker>(
  { n, seed, isSeeded }: Part & { readonly n: number },
  model: PictureModel<T>,
  call: Call,
  make: Make<T>,
): Promise<Labelled[]> {
  let room = MAX_PICTURES_ANSWER_BYTES;
  const onBytes = (bytes: number) => {
    room -= bytes;
    if (room < 0) throw tooMuch(model.id);
  };
  const ask = (part: Part, its: Call) =>
    complete(model, its, onBytes, (target, targetCall) => make(target, part, targetCall));
  const pictures: Labelled[] = [];
  if (n > 1 && model.targets.every(({ makesSeveral }) => makesSeveral)) {
    const [first, ...others] = await ask({ seed, isSeeded, n }, call);
    if (first) pictures.push({ ...first, seed }, ...others);
  }
  // The rest of a host that ignored `n`: by seeds of their own, since some hosts always begin with the same
  // one.
  const counted = (i: number) => (seed === undefined ? undefined : (seed + i) % (MAX_SEED + 1));
  const rest = Array.from({ length: n - pictures.length }, (_, i) => i + pictures.length);
  const others = await inParallel(rest, CONCURRENT_PICTURES, call, async (i, its): Promise<Labelled[]> => {
    const itsSeed = counted(i);
    const [picture] = await ask({ seed: itsSeed ?? (i > 0 ? randomSeed() : undefined), isSeeded }, its);
    return picture ? [{ ...picture, seed: itsSeed }] : [];
  });
  pictures.push(...others.flat());
  return pictures;
}

interface Generated {
  readonly bytes: Uint8Array;
  readonly info: PictureInfo;
}
/** With the seed that it can be made with again. */
type Labelled = Generated & { readonly seed?: number | undefined };

async function passOn<T extends Maker>(
  model: PictureModel<T>,
  part: Part,
  call: Call,
  make: Make<T>,
): Promise<Response> {
  const { seed } = part;
  const made = await firstThatAnswers(model, call, (target, call) => make(target, part, call));
  const picture = made instanceof Response || made instanceof Uint8Array ? made : (made[0] as Uint8Array);
  call.outcome.addImages(1);
  const isFile = picture instanceof Uint8Array;
  const type = isFile ? sniff(picture)?.mediaType : picture.headers.get('content-type');
  const headers = {
    'content-type': type ?? 'image/png',
    ...(seed !== undefined && { 'x-cedalion-seed': String(seed) }),
  };
  return noteBreak(new Response(isFile ? picture : picture.body, { headers }), call);
}

/**
 * Complete pictures: reading them is part of the attempt, so that another target can replace a host that
 * breaks off.
 */
function complete<T extends Maker>(
  model: PictureModel<T>,
  call: Call,
  onBytes: (bytes: number) => void,
  make: (target: T, call: Call) => Promise<Made>,
): Promise<Generated[]> {
  return firstThatAnswers(model, call, async (target, call) => {
    const { name } = target.host;
    const made = await make(target, call);
    const files = await call.cancellation
      .race(readPictures(made, name, onBytes))
      .catch((error: unknown) => Promise.reject(asFailure(error, name)));
    // The host is paid for them, also if the others fail, or all of them are too large together.
    call.outcome.addImages(files.length);
    return files.map((bytes) => {
      const info = sniff(bytes);
      if (!info) throw invalidAnswer(name, 'with something that is not a picture');
      return { bytes, info };
    });
  });
}

async function readPictures(made: Made, name: string, onBytes: (bytes: number) => void): Promise<Uint8Array[]> {
  if (made instanceof Response) return [await readPicture(made, name, onBytes)];
  const files = made instanceof Uint8Array ? [made] : [...made];
  for (const { length } of files) onBytes(length);
  return files;
}

async function readPicture(answer: Response, name: string, onBytes: (bytes: number) => void): Promise<Uint8Array> {
  const tooLarge = () => new UpstreamFailure('answer-too-large', `The picture of the host ${name} is too large.`);
  const declared = declaredLength(answer);
  if (declared === undefined && answer.body) {
    return readChunks(answer.body, MAX_PICTURE_ANSWER_BYTES, tooLarge, onBytes);
  }
  // In one buffer.
  onBytes(declared ?? 0);
  return readBounded(answer, MAX_PICTURE_ANSWER_BYTES, tooLarge);
}

function* pieces(model: string, pictures: readonly Labelled[], asUrl: boolean) {
  const info = pictures[0]?.info;
  const head = {
    created: toSeconds(Date.now()),
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
