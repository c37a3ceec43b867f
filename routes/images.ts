import * as z from 'zod/mini';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_SMALL_BODY_BYTES } from '../src/base/sizes.ts';
import type { GeneratedFormat, PictureRequest } from '../src/call/pictures.ts';
import type { ImageModel } from '../src/call/tasks.ts';
import { route } from '../src/route.ts';
import { count, flag, modelName, noMarks, pictureSize } from './fields.ts';
import { answerPictures, MAX_PICTURES, MAX_SEED, randomSeed } from './picture-answer.ts';

/** OpenAI's request, and a seed. Source: https://platform.openai.com/docs/api-reference/images/create */
export const imagesRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'image'),
    prompt: z.string().check(z.minLength(1), z.maxLength(32_000)),
    n: z.optional(z.nullable(count(1, MAX_PICTURES))),
    size: pictureSize(),
    seed: z.optional(z.nullable(count(0, MAX_SEED))),
    stream: flag(),
    marks: noMarks(),
    partial_images: z.optional(z.nullable(count(0, 3))),
    response_format: z.optional(z.nullable(z.enum(['b64_json', 'url']))),
    output_format: z.optional(z.nullable(z.enum(['png', 'jpeg', 'webp']))),
    negative_prompt: z.optional(z.nullable(z.string())),
    guidance_scale: z.optional(z.nullable(z.number())),
    num_inference_steps: z.optional(z.nullable(count(1, 1000))),
  }),
);

type ImagesRequest = z.infer<ReturnType<typeof imagesRequest>>;

/**
 * POST /v1/images/generations: pictures as base64, or as data URLs with `response_format: "url"`. With
 * `Accept: image/*` the bytes of one picture. The answer contains the seed, so that
 * the picture can be generated again.
 */
export const imageGenerations = route({
  method: 'POST',
  path: '/v1/images/generations',
  access: 'images',
  schema: imagesRequest,
  tasks: ['text-to-image'],
  maxBytes: MAX_SMALL_BODY_BYTES,
  run(body, call) {
    const request = readRequest(body, call.model, call.headers);
    const events = body.stream ? 'image_generation' : undefined;
    const answer = { ...body, events, source: 'trainedAlgorithmicMedia' } as const;
    return answerPictures({ body: answer, model: call.model, seed: request.seed }, call, (target, wanted, call) =>
      target.generate({ ...request, ...wanted }, call),
    );
  },
});

function readRequest(body: ImagesRequest, model: ImageModel, headers: Headers): PictureRequest {
  const takesAll = model.targets.every(({ takes }) => takes === 'all');
  const { negative_prompt, guidance_scale, num_inference_steps } = body;
  const extra = takesAll ? othersIn(body) : { negative_prompt, guidance_scale, num_inference_steps };
  return {
    ...readSize(body.size, model),
    prompt: body.prompt,
    // A host that makes several pictures has seeds of its own, and may not know the parameter.
    seed: body.seed ?? (takesAll ? undefined : randomSeed()),
    format: takesAll
      ? undefined
      : (readFormat(body.output_format ?? undefined, model) ?? acceptedFormat(headers, model)),
    extra: Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined && value !== null)),
  };
}

/** Of this API, or with a place of their own. */
const OWN = new Set([
  'model',
  'prompt',
  'n',
  'size',
  'seed',
  'response_format',
  'stream',
  'partial_images',
  'user',
  'marks',
]);

/** Parameters that only the host knows. `auto` leaves the choice to it, as nothing does. */
function othersIn(body: ImagesRequest): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => !OWN.has(name) && value !== 'auto'));
}

/** @throws ApiError `invalid_parameter` if the model has no pictures of this size */
function readSize(
  size: ImagesRequest['size'],
  { id, sizes }: ImageModel,
): Partial<Pick<PictureRequest, 'width' | 'height'>> {
  const [width, height] = size && size !== 'auto' ? size.split('x').map(Number) : [sizes?.default, sizes?.default];
  if (!sizes || width === undefined || height === undefined) return { width, height };
  const { min, max, multipleOf } = sizes;
  for (const side of [width, height]) {
    if (side >= min && side <= max && side % multipleOf === 0) continue;
    throw new ApiError(
      'invalid_parameter',
      `\`size\` must have sides of ${min} to ${max} pixels, multiples of ${multipleOf}, for ${id}.`,
      { param: 'size' },
    );
  }
  return { width, height };
}

const makes = ({ targets }: ImageModel, format: GeneratedFormat): boolean =>
  targets.every(({ formats }) => formats.includes(format));

/**
 * The first format of `Accept: image/webp, image/png`. A wish: whoever accepts pictures takes what the host
 * makes.
 */
function acceptedFormat(headers: Headers, model: ImageModel): GeneratedFormat | undefined {
  const [, format] = /^image\/.*?\b(png|jpeg|webp)\b/i.exec(headers.get('accept') ?? '') ?? [];
  const name = format?.toLowerCase() as GeneratedFormat | undefined;
  return name && makes(model, name) ? name : undefined;
}

/** @throws ApiError `unsupported_parameter` if the host chooses the format */
function readFormat(format: GeneratedFormat | undefined, model: ImageModel): GeneratedFormat | undefined {
  if (format === undefined || makes(model, format)) return format;
  const { id } = model;
  throw new ApiError('unsupported_parameter', `The hosts of ${id} choose the format: remove \`output_format\`.`, {
    param: 'output_format',
  });
}
