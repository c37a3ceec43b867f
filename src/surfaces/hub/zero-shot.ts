import * as z from 'zod/mini';
import { lazy } from '../../base/lazy.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { maybe } from '../../intake/maybe.ts';
import { hubTask, inParameters } from './hub-task.ts';
import { allowOnly } from './unsupported.ts';

/**
 * Of Hugging Face's own pipeline. Texts are compared with texts, so the template of pictures would not fit.
 */
const TEXT_TEMPLATE = 'This example is {}.';

const parameters = () =>
  z.looseObject({
    candidate_labels: z.array(z.string()).check(z.minLength(1)),
    hypothesis_template: maybe(z.string()),
    multi_label: maybe(z.boolean()),
  });
const textRequest = lazy(() => z.looseObject({ inputs: z.string(), parameters: parameters() }));
const pictureRequest = lazy(() =>
  z.looseObject({
    inputs: z.union([z.string(), z.looseObject({ image: z.string() })], {
      error: 'must be base64, a URL, or {"image"} with one of these',
    }),
    parameters: parameters(),
  }),
);

type Parameters = z.infer<ReturnType<typeof parameters>>;

function ask(input: unknown, { candidate_labels, ...rest }: Parameters): JsonObject {
  allowOnly(rest, ['hypothesis_template', 'multi_label']);
  return { ...rest, input, labels: candidate_labels };
}

interface Classified {
  readonly data: readonly [{ readonly predictions: readonly { readonly label: string; readonly score: number }[] }];
}

/** @returns labels with their scores, the best first */
async function answer(answer: Response): Promise<Response> {
  const { data } = (await answer.json()) as Classified;
  return Response.json(
    data[0].predictions.map(({ label, score }) => ({ label, score })),
    answer,
  );
}

const nameOf = inParameters({ input: 'inputs', labels: 'parameters.candidate_labels' });

/**
 * Which label fits a text, by the vectors of a CLIP model: not by the entailment of a model for natural
 * language inference.
 */
export const zeroShotClassification = hubTask({
  schema: textRequest,
  request: ({ inputs, parameters }) =>
    ask(inputs, { ...parameters, hypothesis_template: parameters.hypothesis_template ?? TEXT_TEMPLATE }),
  answer,
  nameOf,
});

/** Which label fits a picture. */
export const zeroShotImageClassification = hubTask({
  schema: pictureRequest,
  request: ({ inputs, parameters }) => ask(typeof inputs === 'string' ? { image: inputs } : inputs, parameters),
  answer,
  nameOf,
});
