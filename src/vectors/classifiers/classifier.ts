import type { Caller } from '../../access/caller.ts';
import { mayUse } from '../../access/permissions.ts';
import { toSeconds } from '../../base/to-seconds.ts';
import type { Evaluation } from './evaluate.ts';

export const METHODS = ['auto', 'prototype', 'ridge'] as const;
/** How a classifier is trained: `auto` is the other one of the two that leave-one-out finds better. */
export type Method = (typeof METHODS)[number];
export type TrainedMethod = Exclude<Method, 'auto'>;

/** A classifier without its vectors. Plain data: one row. Times are milliseconds since 1970. */
export interface Classifier {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  /** Of the vectors: see embedding/space-key.ts. Only vectors of this space are compared with it. */
  readonly space: string;
  readonly dimensions: number;
  readonly method: Method;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Grows with each training. */
  readonly version: number;
  readonly labels: readonly { readonly label: string; readonly examples: number }[];
  readonly training: Training;
}

/** What training has found, beside the weights. */
export interface Training {
  readonly method: TrainedMethod;
  /** What raw scores are multiplied with before the softmax. */
  readonly scale: number;
  readonly evaluation: Evaluation;
}

export function countExamples({ labels }: Pick<Classifier, 'labels'>): number {
  return labels.reduce((sum, { examples }) => sum + examples, 0);
}

/** The model of a request that names none. */
export const DEFAULT_MODEL = 'clip';

/**
 * The same for a classifier: its own, unless the caller is limited to names of models, and that of its own is
 * not among them.
 */
export function modelFor({ model }: Classifier, caller: Caller): string {
  return mayUse(caller, model) ? model : DEFAULT_MODEL;
}

/** As callers see it. A list leaves out the confusion tables, which can be large. */
export function describeClassifier(classifier: Classifier, isWhole = true) {
  const { id, name, model, method, createdAt, updatedAt, labels, training } = classifier;
  const { examples, accuracy, confusion } = training.evaluation;
  return {
    id,
    object: 'classifier',
    created_at: toSeconds(createdAt),
    updated_at: toSeconds(updatedAt),
    name,
    model,
    method,
    trained_method: training.method,
    examples: countExamples(classifier),
    labels,
    leave_one_out: { examples, accuracy, ...(isWhole ? { confusion } : {}) },
  };
}

/** What scoring needs: the raw score of a label is the dot product with its row of weights, plus its bias. */
export interface Weights {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** A classifier as an isolate keeps it to score inputs. */
export interface Trained extends Weights {
  readonly classifier: Classifier;
}
