import { ApiError } from '../../base/errors.ts';
import { MAX_CLASSIFIER_EXAMPLES, MAX_CLASSIFIER_LABELS, MAX_CLASSIFIER_SOURCE_BYTES } from '../../base/sizes.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Classifier } from './classifier.ts';
import { notFound } from './classifiers-of.ts';
import type { Refusal } from './learn.ts';
import { maxExamples } from './limits.ts';

/** @throws ApiError `invalid_parameter` if a classifier would have too many examples */
export function requireRoom(examples: number, dimensions: number): void {
  const most = maxExamples(dimensions);
  if (examples > most) throw tooMany('examples', most);
}

/** @throws ApiError if examples have too many labels */
export function requireLabels(labels: number): void {
  if (labels > MAX_CLASSIFIER_LABELS) throw tooMany('labels');
}

/**
 * @throws ApiError `classifier_space_mismatch` if vectors of a model cannot be compared with those of a
 * classifier
 */
export function requireSpace({ model, space }: Classifier, other: string, otherModel: string): void {
  if (space === other) return;
  if (model === otherModel) throw spaceHasChanged();
  throw new ApiError(
    'classifier_space_mismatch',
    `This classifier was created with vectors of ${model}, which cannot be compared with those of ${otherModel}.`,
    { param: 'model' },
  );
}

/** The same for what only the vectors show: the host has another model behind the same name. */
export function requireDimensions({ dimensions }: Classifier, vectors: readonly Float32Array[]): void {
  if (vectors.some(({ length }) => length !== dimensions)) throw spaceHasChanged();
}

/** @throws ApiError if the object has refused a change */
export function unlessRefused(result: Classifier | Refusal, { classifiersPerCaller }: Settings): Classifier {
  if (typeof result !== 'string') return result;
  switch (result) {
    case 'missing':
      throw notFound();
    case 'too many classifiers':
      throw new ApiError(
        'classifier_limit_exceeded',
        `A key can have ${classifiersPerCaller} classifiers, which the setting CLASSIFIERS_PER_CALLER says. Delete one first.`,
        { headers: { 'x-should-retry': 'false' } },
      );
    case 'too many examples':
      throw tooMany('examples', MAX_CLASSIFIER_EXAMPLES);
    case 'too many sources': {
      const most = MAX_CLASSIFIER_SOURCE_BYTES;
      throw invalid('examples', `With \`examples\`, the texts of the classifier would have more than ${most} bytes.`);
    }
    case 'too many labels':
      throw tooMany('labels');
    case 'too large for ridge':
      throw invalid('method', '`method` cannot be ridge with so many examples of so many dimensions. Use prototype.');
    case 'other space':
      throw spaceHasChanged();
  }
}

function spaceHasChanged(): ApiError {
  return new ApiError(
    'classifier_space_mismatch',
    'The vectors of the model have changed since this classifier was created. Create a new one from its examples: GET /v1/classifiers/{id}/examples returns those that are stored, and pictures are sent again.',
  );
}

function tooMany(what: 'labels' | 'examples', most = MAX_CLASSIFIER_LABELS): ApiError {
  return invalid('examples', `With \`examples\`, the classifier would have more than ${most} ${what}.`);
}

function invalid(param: string, message: string): ApiError {
  return new ApiError('invalid_parameter', message, { param });
}
