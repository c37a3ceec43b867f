import * as z from 'zod/mini';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_ITEMS_BODY_BYTES, MAX_LOADED_PICTURE_BYTES } from '../src/base/sizes.ts';
import type { Call } from '../src/call/call.ts';
import type { PictureEdit } from '../src/call/pictures.ts';
import type { EditModel, EditTarget } from '../src/call/tasks.ts';
import { otherFormatOf, targetsDecoding } from '../src/hosts/pictures/decoding.ts';
import { loadPictures } from '../src/hosts/pictures/load-pictures.ts';
import { checkPicture, type Picture } from '../src/hosts/pictures/pictures.ts';
import { blamed } from '../src/hosts/upstream/blame.ts';
import { readPicture } from '../src/intake/items.ts';
import { readPictureForm } from '../src/intake/picture-form.ts';
import { route } from '../src/route.ts';
import { count, flag, modelName, noMarks, pictureSize } from './fields.ts';
import { answerPictures, MAX_PICTURES, MAX_SEED, randomSeed } from './picture-answer.ts';

const MAX_SOURCES = 16;

const picture = () => z.object({ image_url: z.string() });

/**
 * OpenAI's JSON request, and a seed. A form has the same fields, and pictures as the files `image`, `image[]`
 * and `mask`. Source: https://platform.openai.com/docs/api-reference/images/createEdit
 */
export const editRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'image'),
    prompt: z.string().check(z.minLength(1), z.maxLength(32_000)),
    images: z.array(picture()).check(z.minLength(1), z.maxLength(MAX_SOURCES)),
    mask: z.optional(z.nullable(picture())),
    n: z.optional(z.nullable(count(1, MAX_PICTURES))),
    size: pictureSize(),
    seed: z.optional(z.nullable(count(0, MAX_SEED))),
    stream: flag(),
    marks: noMarks(),
    response_format: z.optional(z.nullable(z.enum(['b64_json', 'url']))),
  }),
);

type EditRequest = z.infer<ReturnType<typeof editRequest>>;

/** POST /v1/images/edits: pictures changed as a prompt says. Answers are those of /v1/images/generations. */
export const imageEdits = route({
  method: 'POST',
  path: '/v1/images/edits',
  access: 'images',
  schema: editRequest,
  takesUnknown: true,
  tasks: ['image-to-image'],
  maxBytes: MAX_ITEMS_BODY_BYTES,
  read: readPictureForm,
  async run(body, call) {
    const { model } = call;
    const parameters = readParameters(body, model);
    const sources = body.images.map(({ image_url }, i) => [`images[${i}]`, image_url] as const);
    const places = [['mask', body.mask?.image_url], ...sources] as const;
    const [mask, ...pictures] = await loadAll(places, call);
    const targets = await fittingTargets(model, places, [mask, ...pictures], call);
    const request = {
      prompt: body.prompt,
      pictures: pictures.filter((loaded) => loaded !== undefined),
      mask,
      parameters,
    };
    const isSeeded = model.targets.every(({ takes }) => takes !== 'all');
    const seed = body.seed ?? (isSeeded ? randomSeed() : undefined);
    const events = body.stream ? 'image_edit' : undefined;
    const answer = { ...body, events, source: 'compositeWithTrainedAlgorithmicMedia' } as const;
    return answerPictures({ body: answer, model: { ...model, targets }, seed }, call, (target, wanted, call) =>
      target.edit({ ...request, ...wanted }, call).catch((error: unknown) => {
        const paths = sources.map(([path]) => path);
        throw blamed(error, (param) => (param === null && body.mask ? [...paths, 'mask'] : paths));
      }),
    );
  },
});

/** The targets that decode every picture of a request. @throws ApiError `invalid_picture` */
async function fittingTargets(
  { targets }: EditModel,
  places: readonly (readonly [path: string, source: string | undefined])[],
  pictures: readonly (Picture | undefined)[],
  call: Call,
): Promise<readonly EditTarget[]> {
  let fitting = targets;
  for (const [i, picture] of pictures.entries()) {
    const format = picture && otherFormatOf(picture);
    if (format) fitting = await targetsDecoding(fitting, format, places[i]?.[0] ?? 'images', call);
  }
  return fitting;
}

/** Of the answer, of this API, or with a place of their own. */
const OTHERS = new Set([
  ...['model', 'prompt', 'images', 'mask', 'n', 'seed', 'response_format', 'user'],
  ...['stream', 'partial_images', 'marks'],
]);

/** @throws ApiError `unsupported_parameter`, naming what the hosts do not take */
function readParameters(body: EditRequest, { id, targets }: EditModel): PictureEdit['parameters'] {
  const refuse = (param: string, what: string) =>
    new ApiError('unsupported_parameter', `The hosts of ${id} ${what}.`, { param });
  const takes = (name: string) => targets.every((target) => target.takes === 'all' || target.takes.includes(name));
  const most = Math.min(...targets.map(({ pictures }) => pictures));
  if (body.images.length > most) throw refuse('images', `take at most ${most} of them in \`images\``);
  if (body.mask && !takes('mask')) throw refuse('mask', 'take no mask: remove `mask`');
  const parameters: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(body)) {
    // `auto` leaves the choice to the host, as nothing does.
    if (OTHERS.has(name) || value === null || value === undefined || value === 'auto') continue;
    if (!takes(name)) throw refuse(name, `do not support \`${name}\`: remove it`);
    if (typeof value === 'object') throw refuse(name, `take no object or array as \`${name}\``);
    parameters[name] = value as string | number | boolean;
  }
  return parameters;
}

/** Pictures in the order of their places; undefined where there is none. */
async function loadAll(
  places: readonly (readonly [path: string, source: string | undefined])[],
  call: Call,
): Promise<(Picture | undefined)[]> {
  const loaded = new Map<string, Picture>();
  const addresses = [];
  for (const [path, source] of places) {
    if (source === undefined) continue;
    const item = readPicture(source, path, call);
    if ('url' in item) addresses.push(item);
    else if ('bytes' in item) loaded.set(path, checkPicture(item.bytes, path));
  }
  let room = MAX_LOADED_PICTURE_BYTES;
  for await (const round of loadPictures(addresses, call)) {
    for (const [{ path }, picture] of round) {
      room -= picture.bytes.length;
      loaded.set(path, picture);
      if (room >= 0) continue;
      const message = `The pictures by URL are larger than ${MAX_LOADED_PICTURE_BYTES} bytes together.`;
      throw new ApiError('invalid_picture', message, { param: path });
    }
  }
  return places.map(([path]) => loaded.get(path));
}
