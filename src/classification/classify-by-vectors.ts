import type { Call } from '../call/call.ts';
import { type CachedEmbeddings, embedItems } from '../embedding/embed-items.ts';
import type { CacheUse } from '../embedding/load-items.ts';
import { dot, mean, sigmoid, softmax } from '../embedding/vector.ts';
import { ApiError } from '../errors.ts';
import type { Item } from '../intake/items.ts';
import type { EmbeddingModel, Space } from '../tasks.ts';

/** A label and the texts that describe it; several are averaged into one direction. */
export interface Label {
  readonly label: string;
  readonly prompts: readonly string[];
}

export interface Prediction {
  readonly label: string;
  readonly score: number;
  /** Null where only a host's relative scores are known. */
  readonly cosine: number | null;
}
/** One prediction per label, in the labels' order. */
export type ClassifiedItem = readonly Prediction[];

export interface ClassifyOptions {
  readonly kv: KVNamespace;
  readonly cache: CacheUse;
  readonly multiLabel: boolean;
  readonly template: string;
}

/** What stands for "nothing in particular" in a template, for labels that do not exclude each other. */
const NEUTRAL_WORD = 'thing';

/**
 * Zero-shot classification from vectors. One label per input: softmax over the labels' logits. Several: a sigmoid per
 * label, of SigLIP's own logit where the space has its bias, else of how much better the label fits than a neutral text.
 */
export async function classifyByVectors(
  model: EmbeddingModel,
  inputs: readonly Item[],
  labels: readonly Label[],
  call: Call,
  { kv, cache, multiLabel, template }: ClassifyOptions,
): Promise<{ classified: ClassifiedItem[]; embedded: CachedEmbeddings }> {
  const { space } = model;
  if (space.logitScale === undefined) {
    throw new ApiError('unsupported_parameter', `The model ${model.id} has no logit scale: use /v1/similarity.`, {
      param: 'model',
    });
  }
  const prompts = labels.flatMap(({ prompts }, i) => prompts.map((text) => textItem(text, `labels[${i}]`)));
  const needsNeutral = multiLabel && space.logitBias === undefined;
  const neutral = needsNeutral ? [textItem(template.replaceAll('{}', NEUTRAL_WORD), 'hypothesis_template')] : [];
  const embedded = await embedItems(model, [...inputs, ...prompts, ...neutral], call, { kv, cache });
  const vectors = embedded.vectors.slice(inputs.length);
  let next = 0;
  const directions = labels.map(({ prompts }, i) => {
    const direction = mean(vectors.slice(next, next + prompts.length));
    next += prompts.length;
    if (direction) return direction;
    throw new ApiError('invalid_parameter', `The prompts of \`labels[${i}]\` cancel each other out.`, {
      param: `labels[${i}]`,
    });
  });
  const neutralDirection = needsNeutral ? vectors.at(-1) : undefined;
  const classified = embedded.vectors.slice(0, inputs.length).map((input) => {
    const cosines = directions.map((direction) => dot(input, direction));
    const scores = multiLabel
      ? independentScores(cosines, space, neutralDirection && dot(input, neutralDirection))
      : softmax(cosines.map((cosine) => logit(cosine, space)));
    return labels.map(({ label }, i) => ({
      label,
      score: scores[i] as number,
      cosine: cosines[i] as number,
    }));
  });
  return { classified, embedded };
}

function independentScores(cosines: readonly number[], space: Space, neutral: number | undefined): number[] {
  return cosines.map((cosine) => sigmoid(logit(cosine, space) - (neutral === undefined ? 0 : logit(neutral, space))));
}

function logit(cosine: number, { logitScale = 1, logitBias = 0 }: Space): number {
  return logitScale * cosine + logitBias;
}

function textItem(text: string, path: string): Item {
  return { kind: 'text', text, path };
}
