import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import type { EmbeddingModel } from '../../call/tasks.ts';
import type { Item, ItemList } from '../../intake/items.ts';
import { type CachedEmbeddings, embedItems } from '../embedding/embed-items.ts';
import { dot, mean, sigmoid, softmax } from '../embedding/vector.ts';

/** A label and the texts that describe it. Several texts are averaged into one direction. */
export interface Label {
  readonly label: string;
  readonly prompts: readonly string[];
}

export interface Prediction {
  readonly label: string;
  readonly score: number;
  /** Null if only a host's relative scores are known. */
  readonly cosine: number | null;
}
/** One prediction per label, in the labels' order. */
export type ClassifiedItem = readonly Prediction[];

export interface Classification {
  readonly model: EmbeddingModel;
  readonly inputs: ItemList;
  readonly labels: readonly Label[];
  readonly multiLabel: boolean;
  readonly template: string;
}

/** Stands for "nothing in particular" in a template, for labels that do not exclude each other. */
const NEUTRAL_WORD = 'thing';

/**
 * Zero-shot classification from vectors. One label per input: softmax over the logits of the labels. Several
 * labels: a sigmoid for each label of how much better it fits than a neutral text.
 *
 * @returns the items one by one: 100,000 predictions at once would be 12 MB
 */
export async function classifyByVectors(
  { model, inputs, labels, multiLabel, template }: Classification,
  call: Call,
): Promise<{ classified: Iterable<ClassifiedItem>; embedded: CachedEmbeddings }> {
  const { logitScale } = model.space;
  if (logitScale === undefined) {
    throw new ApiError('unsupported_parameter', `The model ${model.id} has no logit scale. Use /v1/similarity.`, {
      param: 'model',
    });
  }
  const prompts = labels.flatMap(({ prompts }) => prompts.map(textItem));
  const neutral = multiLabel ? [textItem(template.replaceAll('{}', NEUTRAL_WORD))] : [];
  const texts = { items: [...prompts, ...neutral], placeOf: (index: number) => placeOfPrompt(labels, index) };
  const embedded = await embedItems(model, [inputs, texts], call);
  const count = inputs.items.length;
  const vectors = embedded.vectors.slice(count);
  let next = 0;
  const directions = labels.map(({ prompts }, i) => {
    const direction = mean(vectors.slice(next, next + prompts.length));
    next += prompts.length;
    if (direction) return direction;
    throw new ApiError('invalid_parameter', `The prompts of \`labels[${i}]\` cancel each other out.`, {
      param: `labels[${i}]`,
    });
  });
  const neutralDirection = multiLabel ? vectors.at(-1) : undefined;
  const compare = function* (): Generator<ClassifiedItem> {
    for (const input of embedded.vectors.slice(0, count)) {
      const cosines = directions.map((direction) => dot(input, direction));
      const scores = neutralDirection
        ? independentScores(cosines, logitScale, dot(input, neutralDirection))
        : softmax(cosines.map((cosine) => logitScale * cosine));
      yield labels.map(({ label }, i) => ({ label, score: scores[i] as number, cosine: cosines[i] as number }));
    }
  };
  return { classified: compare(), embedded };
}

/** @param index among the prompts of all labels, and the neutral text after them */
function placeOfPrompt(labels: readonly Label[], index: number): string {
  let before = 0;
  const label = labels.findIndex(({ prompts }) => {
    before += prompts.length;
    return index < before;
  });
  return label === -1 ? 'hypothesis_template' : `labels[${label}]`;
}

function independentScores(cosines: readonly number[], scale: number, neutral: number): number[] {
  return cosines.map((cosine) => sigmoid(scale * (cosine - neutral)));
}

function textItem(text: string): Item {
  return { kind: 'text', text };
}
