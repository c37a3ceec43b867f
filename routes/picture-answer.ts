import { jsonAnswer } from '../src/base/bytes/json-pieces.ts';
import { partsAnswer } from '../src/base/bytes/parts-answer.ts';
import { base64Slices } from '../src/base/bytes/placeholders.ts';
import { ApiError } from '../src/base/errors.ts';
import { MAX_PICTURES_ANSWER_BYTES } from '../src/base/sizes.ts';
import { toSeconds } from '../src/base/to-seconds.ts';
import type { Call } from '../src/call/call.ts';
import { inParallel } from '../src/call/in-parallel.ts';
import type { Made } from '../src/call/pictures.ts';
import type { Target } from '../src/call/tasks.ts';
import { marked } from '../src/hosts/pictures/marks/mark.ts';
import type { SourceType } from '../src/hosts/pictures/marks/packet.ts';
import { type PictureInfo, sniff } from '../src/hosts/pictures/picture-format.ts';
import { keptAlive } from '../src/hosts/stream/kept-alive.ts';
import { invalidAnswer } from '../src/hosts/upstream/failure.ts';
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
  /** What a picture says that made it, if no mark says so already. */
  readonly source: SourceType;
  readonly marks?: 'none' | null | undefined;
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
  onBytes(bytes: number): void;
}

interface Order<T extends Maker> {
  readonly body: Wanted;
  readonly model: PictureModel<T>;
  /** Of the first picture; undefined if the host chooses. The others have the numbers after it. */
  readonly seed: number | undefined;
}

type Make<T extends Maker> = (target: T, wanted: Part, call: Call) => Promise<Made>;

/**
 * Makes pictures and answers with them: in base64 or as data URLs, or with `Accept: image/*` the bytes of
 * one.
 */
export function answerPictures<T extends Maker>(order: Order<T>, call: Call, make: Make<T>): Promise<Response> {
  const answering = answer(order, call, make);
  return order.body.events ? keptAlive(answering, call) : answering;
}

async function answer<T extends Maker>({ body, model, seed }: Order<T>, call: Call, make: Make<T>): Promise<Response> {
  const n = body.n ?? 1;
  const source = sourceFor(body, call);
  let room = MAX_PICTURES_ANSWER_BYTES;
  const onBytes = (bytes: number) => {
    room -= bytes;
    if (room < 0) throw tooMuch(model.id);
  };
  const ask = async (part: Omit<Part, 'onBytes'>, its: Call): Promise<Generated[]> => {
    const made = await complete(model, its, onBytes, (target, onItsBytes, targetCall) =>
      make(target, { ...part, onBytes: onItsBytes }, targetCall),
    );
    return made.map(({ bytes, info }) => ({ info, parts: source ? marked(bytes, info, source) : [bytes] }));
  };
  const isSeeded = body.seed !== undefined && body.seed !== null;
  if (!body.events && /^image\//i.test(call.headers.get('accept') ?? '')) {
    if (n > 1) throw new ApiError('invalid_parameter', '`n` must be 1 with Accept: image/*.', { param: 'n' });
    const [picture] = await ask({ seed, isSeeded }, call);
    call.outcome.endBody();
    return file(picture as Generated, seed);
  }
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
  // What went through a pipe here has been read to its end.
  call.outcome.endBody();
  if (body.events) return pictureEvents(pictures, body.events);
  return jsonAnswer(pieces(model.id, pictures, body.response_format === 'url'));
}

/** @throws ApiError `unsupported_parameter` if all pictures of this server are marked */
function sourceFor({ source, marks }: Wanted, { settings }: Call): SourceType | undefined {
  if (marks !== 'none') return source;
  if (settings.marksAreOptional) return undefined;
  const message = 'All pictures of this server say that they are generated: remove `marks`.';
  throw new ApiError('unsupported_parameter', message, { param: 'marks' });
}

interface Generated {
  /** Of its file, in order. */
  readonly parts: readonly Uint8Array[];
  readonly info: PictureInfo;
}
/** With the seed that it can be made with again. */
type Labelled = Generated & { readonly seed?: number | undefined };

/** Its bytes, as an answer. */
function file({ parts, info }: Generated, seed: number | undefined): Response {
  const headers = {
    'content-type': info.mediaType,
    ...(seed !== undefined && { 'x-cedalion-seed': String(seed) }),
  };
  return partsAnswer(parts, headers);
}

/**
 * Complete pictures: reading them is part of the attempt, so that another target can replace a host that
 * breaks off.
 */
function complete<T extends Maker>(
  model: PictureModel<T>,
  call: Call,
  onBytes: (bytes: number) => void,
  make: (target: T, onItsBytes: (bytes: number) => void, call: Call) => Promise<Made>,
): Promise<{ bytes: Uint8Array; info: PictureInfo }[]> {
  return firstThatAnswers(model, call, async (target, call) => {
    const { name } = target.host;
    let counted = 0;
    const count = (bytes: number) => {
      counted += bytes;
      onBytes(bytes);
    };
    const made = await make(target, count, call);
    const files = made instanceof Uint8Array ? [made] : made;
    // The host is paid for them, also if the others fail, or all of them are too large together.
    call.outcome.addImages(files.length);
    onBytes(files.reduce((sum, { length }) => sum + length, 0) - counted);
    return files.map((bytes) => {
      const info = sniff(bytes);
      if (!info) throw invalidAnswer(name, 'with something that is not a picture');
      return { bytes, info };
    });
  });
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
  for (const { seed, parts, info } of pictures) {
    yield `${separator}{${asUrl ? `"url":"data:${info.mediaType};base64,` : '"b64_json":"'}`;
    yield* base64Slices(...parts);
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
