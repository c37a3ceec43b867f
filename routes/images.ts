import * as z from 'zod/mini';
import { type AppContext, callOf } from '../src/app.ts';
import { ApiError } from '../src/errors.ts';
import { readJsonBody } from '../src/intake/body.ts';
import { lazy } from '../src/lazy.ts';
import { resolve } from '../src/models/resolve.ts';
import { sniff } from '../src/pictures/picture-format.ts';
import type { ImageModel, PictureFormat, PictureRequest } from '../src/tasks.ts';
import { LIMITS } from '../src/time-limits.ts';
import { firstThatAnswers } from '../src/upstream/fallback.ts';
import { readAnswer } from '../src/upstream/transport.ts';
import { count, modelName } from './fields.ts';

const MOST_BYTES = 32 * 1024 * 1024;
const MOST_SEED = 2 ** 31 - 1;

/** OpenAI's request, and a seed. Source: https://platform.openai.com/docs/api-reference/images/create */
export const imagesRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'image'),
    prompt: z.string().check(z.minLength(1), z.maxLength(32_000)),
    n: z.optional(z.nullable(count(1, 10))),
    size: z.optional(
      z.nullable(
        z.string().check(z.regex(/^(\d{1,5}x\d{1,5}|auto)$/, { error: 'must be <width>x<height> in pixels, or auto' })),
      ),
    ),
    seed: z.optional(z.nullable(count(0, MOST_SEED))),
    response_format: z.optional(z.nullable(z.enum(['b64_json', 'url']))),
    output_format: z.optional(z.nullable(z.enum(['png', 'jpeg', 'webp']))),
    negative_prompt: z.optional(z.nullable(z.string())),
    guidance_scale: z.optional(z.nullable(z.number())),
    num_inference_steps: z.optional(z.nullable(count(1, 1000))),
  }),
);

type ImagesRequest = z.infer<ReturnType<typeof imagesRequest>>;

/**
 * POST /v1/images/generations: pictures as base64, or as data URLs with `response_format: "url"`. With `Accept: image/*`
 * and one picture its bytes, streamed from the host. The picture's seed is in the answer, so that it can be made again.
 */
export async function imageGenerations(c: AppContext): Promise<Response> {
  const call = callOf(c, LIMITS['text-to-image']);
  const body = await readJsonBody(c.req.raw, imagesRequest());
  const model = resolve(body.model, ['text-to-image'], call.settings);
  call.report.model = model.id;
  const request = readRequest(body, model);
  const generate = (seed: number) =>
    firstThatAnswers(model, call, (target, call) => target.generate({ ...request, seed }, call));

  const n = body.n ?? 1;
  if (/^image\//i.test(c.req.header('accept') ?? '')) {
    if (n > 1) throw new ApiError('invalid_parameter', '`n` must be 1 with Accept: image/*.', { param: 'n' });
    const picture = await generate(request.seed);
    return new Response(picture.body, {
      headers: {
        'content-type': picture.headers.get('content-type') ?? 'image/png',
        'x-cedalion-seed': String(request.seed),
      },
    });
  }
  if (n > 1) call.cancellation.abortable = true;
  const pictures = await Promise.all(
    Array.from({ length: n }, async (_, i) => {
      const seed = (request.seed + i) % (MOST_SEED + 1);
      const picture = await generate(seed);
      const host = call.report.target ?? model.id;
      const bytes = await call.cancellation.race(readAnswer(picture, host, MOST_BYTES)).catch((error: unknown) => {
        if (error instanceof ApiError) throw error;
        throw new ApiError('upstream_unreachable', `The connection to ${host} broke in the middle of a picture.`);
      });
      return { seed, bytes, info: requirePicture(bytes, host) };
    }),
  );
  const [first] = pictures;
  return c.json({
    created: Math.floor(Date.now() / 1000),
    model: model.id,
    output_format: first?.info.mediaType.slice('image/'.length),
    size: `${first?.info.width}x${first?.info.height}`,
    data: pictures.map(({ seed, bytes, info }) => {
      const base64 = bytes.toBase64();
      return body.response_format === 'url'
        ? { url: `data:${info.mediaType};base64,${base64}`, seed }
        : { b64_json: base64, seed };
    }),
  });
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
    seed: body.seed ?? crypto.getRandomValues(new Uint32Array(1)).map((random) => random & MOST_SEED)[0] ?? 0,
    format: readFormat(body.output_format ?? undefined, model),
    extra: Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined && value !== null)),
  };
}

/** @throws ApiError `unsupported_parameter` where the host chooses the format itself */
function readFormat(format: PictureFormat | undefined, { id, targets }: ImageModel): PictureFormat | undefined {
  if (format === undefined || targets.every(({ formats }) => formats.includes(format))) return format;
  throw new ApiError('unsupported_parameter', `The hosts of ${id} choose the format: leave \`output_format\` out.`, {
    param: 'output_format',
  });
}

function requirePicture(bytes: Uint8Array, name: string) {
  const info = sniff(bytes);
  if (info) return info;
  throw new ApiError('upstream_invalid_answer', `${name} answered with something that is not a picture.`);
}
