import { ApiError, unavailable } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import type { Classifiers } from './classifiers.ts';

/** The methods of the object, as its callers see them. */
type ClassifiersStub = {
  [Name in 'create' | 'update' | 'list' | 'get' | 'remove' | 'trained' | 'examples']: (
    ...values: Parameters<Classifiers[Name]>
  ) => Promise<Awaited<ReturnType<Classifiers[Name]>>>;
};

/**
 * Asks the object of a caller's account: an API key with the tokens that it issues, or the operator.
 *
 * @throws ApiError `classifiers_unavailable` or `configuration_invalid`
 */
export async function askClassifiers<T>(
  { caller, env: { CLASSIFIERS } }: Pick<Call, 'caller' | 'env'>,
  ask: (classifiers: ClassifiersStub) => Promise<T>,
): Promise<T> {
  if (!CLASSIFIERS) {
    throw new ApiError('configuration_invalid', 'The binding CLASSIFIERS is missing from the configuration.');
  }
  try {
    return await ask(CLASSIFIERS.getByName(caller.account) as unknown as ClassifiersStub);
  } catch (cause) {
    const message = 'The object that holds your classifiers cannot be reached now. Try again later.';
    throw unavailable('classifiers_unavailable', message, { cause });
  }
}

/** @throws ApiError `classifier_not_found` */
export function found<T>(value: T | undefined, param?: string): T {
  if (value === undefined) throw notFound(param);
  return value;
}

/** @param param that names the classifier, unless its path does */
export function notFound(param?: string): ApiError {
  const message = 'There is no such classifier. GET /v1/classifiers lists yours.';
  return new ApiError('classifier_not_found', message, { param });
}
