import * as z from 'zod/mini';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_ITEMS_BODY_BYTES } from '../src/base/sizes.ts';
import type { Judged } from '../src/call/moderation.ts';
import type { ModerationModel } from '../src/call/tasks.ts';
import { firstThatAnswers } from '../src/hosts/upstream/fallback.ts';
import { route } from '../src/route.ts';
import { modelName } from './fields.ts';

const MAX_INPUTS = 100;
/** Each text is a request to the host. Workers Free allows 50 of them. */
const MAX_GUARDED = 32;
const MAX_PARTS = 16;

const text = () => z.string().check(z.minLength(1));
const part = () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: text() }),
    z.object({
      type: z.literal('image_url'),
      image_url: z.object({
        url: z.string().check(z.regex(/^(https:\/\/|data:image\/)/i, { error: 'must be an https URL or a data URL' })),
      }),
    }),
  ]);

/** OpenAI's request. Source: https://platform.openai.com/docs/api-reference/moderations/create */
export const moderationRequest = lazy(() =>
  z.looseObject({
    model: z._default(modelName(), 'moderation'),
    input: z.union(
      [
        text(),
        z.array(text()).check(z.minLength(1), z.maxLength(MAX_INPUTS)),
        z.array(part()).check(z.minLength(1), z.maxLength(MAX_PARTS)),
      ],
      { error: `must be a text, 1 to ${MAX_INPUTS} texts, or 1 to ${MAX_PARTS} parts with texts and pictures` },
    ),
  }),
);

type ModerationRequest = z.infer<ReturnType<typeof moderationRequest>>;

/** POST /v1/moderations: what of OpenAI's categories a text or a picture falls into, as its host says. */
export const moderations = route({
  method: 'POST',
  path: '/v1/moderations',
  access: 'text',
  schema: moderationRequest,
  tasks: ['moderation'],
  maxBytes: MAX_ITEMS_BODY_BYTES,
  async run({ input }, call) {
    const inputs = inputsOf(input);
    const model = fitting(call.model, inputs);
    const results = await firstThatAnswers(model, call, (target, call) => target.moderate(inputs, call));
    return Response.json({ id: `modr-${crypto.randomUUID()}`, model: model.id, results });
  },
});

function inputsOf(input: ModerationRequest['input']): readonly Judged[] {
  if (typeof input === 'string') return [input];
  return input.every((one) => typeof one === 'string') ? input : [input as Exclude<Judged, string>];
}

/** @throws ApiError if no host of the model takes all inputs */
function fitting(model: ModerationModel, inputs: readonly Judged[]): ModerationModel {
  const picture = inputs.flat().findIndex((one) => typeof one === 'object' && one.type === 'image_url');
  const asksEach = inputs.length > MAX_GUARDED;
  const targets = model.targets.filter(({ takesPictures }) => takesPictures || (picture === -1 && !asksEach));
  if (targets.length > 0) return { ...model, targets };
  if (asksEach) {
    const message = `The hosts of ${model.id} judge at most ${MAX_GUARDED} texts in a request.`;
    throw new ApiError('invalid_parameter', message, { param: 'input' });
  }
  const param = `input[${picture}].image_url`;
  throw new ApiError('unsupported_parameter', `The hosts of ${model.id} judge text only: remove \`${param}\`.`, {
    param,
  });
}
