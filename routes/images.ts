import * as z from 'zod/mini';
import { declaredLength, readBounded, readChunks } from '../src/bytes/bounded-body.ts';
import { jsonAnswer } from '../src/bytes/json-pieces.ts';
import { base64Slices } from '../src/bytes/placeholders.ts';
import { inParallel } from '../src/call/in-parallel.ts';
import { ApiError } from '../src/errors.ts';
import { lazy } from '../src/lazy.ts';
import { type PictureInfo, sniff } from '../src/pictures/picture-format.ts';
import { type ModelCall, route } from '../src/route.ts';
import { MAX_PICTURE_ANSWER_BYTES, MAX_PICTURES_ANSWER_BYTES, MAX_SMALL_BODY_BYTES } from '../src/sizes.ts';
import { noteBreak } from '../src/stream/relay-bytes.ts';
import type { ImageModel, PictureFormat, PictureRequest } from '../src/tasks.ts';
import { asFailure, invalidAnswer, UpstreamFailure } from '../src/upstream/failure.ts';
import { firstThatAnswers } from '../src/upstream/fallback.ts';
import { count, modelName } from './fields.ts';

const MAX_PICTURES = 10;
const CONCURRENT_PICTURES = 4;
const MAX_SEED = 2 ** 31 - 1;

/** OpenAI's request, and a seed. Source: https://platform.openai.com/docs/api-reference/images/create */
export const imagesRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'image'),
    prompt: z.string().check(z.minLength(1), z.maxLength(32_000)),
    n: z.optional(z.nullable(count(1, MAX_PICTURES))),
    size: z.optional(
      z.nullable(
        z.string().check(z.regex(/^(\d{1,5}x\d{1,5}|auto)$/, { error: 'must be <width>x<height> in pixels, or auto' })),
      ),
    ),
    seed: z.optional(z.nullable(count(0, MAX_SEED))),
    response_format: z.optional(z.nullable(z.enum(['b64_json', 'url']))),
    output_format: z.optional(z.nullable(z.enum(['png', 'jpeg', 'webp']))),
    negative_prompt: z.optional(z.nullable(z.string())),
    guidance_scale: z.optional(z.nullable(z.number())),
    num_inference_steps: z.optional(z.nullable(count(1, 1000))),
  }),
);

type ImagesRequest = z.infer<ReturnType<typeof imagesRequest>>;

/**
 * POST /v1/images/generations: pictures as base64, or as data URLs with `response_format: "url"`. With `Accept: image/*` the
 * bytes of one picture, streamed from the host. The answer contains the seed, so that the picture can be generated again.
 */
export const imageGenerations = route({
  method: 'POST',
  path: '/v1/images/generations',
  access: 'images',
  schema: imagesRequest,
  tasks: ['text-to-image'],
  maxBytes: MAX_SMALL_BODY_BYTES,
  async run(body, call) {
    const request = readRequest(body, call.model);
    const n = body.n ?? 1;
    if (/^image\//i.test(call.headers.get('accept') ?? '')) {
      if (n > 1) throw new ApiError('invalid_parameter', '`n` must be 1 with Accept: image/*.', { param: 'n' });
      return passOn(request, call);
    }
    const seeds = Array.from({ length: n }, (_, i) => (request.seed + i) % (MAX_SEED + 1));
    let room = MAX_PICTURES_ANSWER_BYTES;
    const onBytes = (bytes: number) => {
      room -= bytes;
      if (room < 0) throw tooMuch(call.model);
    };
    const pictures = await inParallel(seeds, CONCURRENT_PICTURES, call, async (seed, part) => ({
      seed,
      ...(await generate({ ...request, seed }, part, onBytes)),
    }));
    // What went through a pipe here has been read to its end.
    delete call.report.streamed;
    return jsonAnswer(pieces(call.model, pictures, body.response_format === 'url'));
  },
});

interface Generated {
  readonly bytes: Uint8Array;
  readonly info: PictureInfo;
}

async function passOn(request: PictureRequest, call: ModelCall<'text-to-image'>): Promise<Response> {
  const picture = await firstThatAnswers(call.model, call, (target, call) => target.generate(request, call));
  call.report.images = 1;
  const headers = {
    'content-type': picture.headers.get('content-type') ?? 'image/png',
    'x-cedalion-seed': String(request.seed),
  };
  return noteBreak(new Response(picture.body, { headers }), call);
}

/** A complete picture: reading it is part of the attempt, so that another target can replace a host that breaks off. */
function generate(
  request: PictureRequest,
  call: ModelCall<'text-to-image'>,
  onBytes: (bytes: number) => void,
): Promise<Generated> {
  return firstThatAnswers(call.model, call, async (target, call) => {
    const { name } = target.host;
    const picture = await target.generate(request, call);
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

function* pieces({ id }: ImageModel, pictures: readonly (Generated & { seed: number })[], asUrl: boolean) {
  const info = pictures[0]?.info;
  const head = {
    created: Math.floor(Date.now() / 1000),
    model: id,
    output_format: info?.mediaType.slice('image/'.length),
    size: `${info?.width}x${info?.height}`,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"data":[`;
  let separator = '';
  for (const { seed, bytes, info } of pictures) {
    yield `${separator}{${asUrl ? `"url":"data:${info.mediaType};base64,` : '"b64_json":"'}`;
    yield* base64Slices(bytes);
    yield `","seed":${seed}}`;
    separator = ',';
  }
  yield ']}';
}

function tooMuch({ id }: ImageModel): ApiError {
  return new ApiError(
    'upstream_answer_too_large',
    `The pictures of ${id} are larger than ${MAX_PICTURES_ANSWER_BYTES} bytes together. Send a smaller \`n\`.`,
  );
}

function readRequest(body: ImagesRequest, model: ImageModel): PictureRequest {
  const { min, max, multipleOf, default: usual } = model.sizes;
  const [width, height] =
    body.size && body.size !== 'auto' ? (body.size.split('x').map(Number) as [number, number]) : [usual, usual];
  for (const side of [width, height]) {
    if (side < min || side > max || side % multipleOf !== 0) {
      throw new ApiError(
        'invalid_parameter',
        `\`size\` must have sides of ${min} to ${max} pixels, multiples of ${multipleOf}, for ${model.id}.`,
        { param: 'size' },
      );
    }
  }
  const { negative_prompt, guidance_scale, num_inference_steps } = body;
  const extra = { negative_prompt, guidance_scale, num_inference_steps };
  return {
    prompt: body.prompt,
    width,
    height,
    seed: body.seed ?? crypto.getRandomValues(new Uint32Array(1)).map((random) => random & MAX_SEED)[0] ?? 0,
    format: readFormat(body.output_format ?? undefined, model),
    extra: Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined && value !== null)),
  };
}

/** @throws ApiError `unsupported_parameter` if the host chooses the format */
function readFormat(format: PictureFormat | undefined, { id, targets }: ImageModel): PictureFormat | undefined {
  if (format === undefined || targets.every(({ formats }) => formats.includes(format))) return format;
  throw new ApiError('unsupported_parameter', `The hosts of ${id} choose the format: remove \`output_format\`.`, {
    param: 'output_format',
  });
}
