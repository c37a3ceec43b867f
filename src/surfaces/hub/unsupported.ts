import { ApiError } from '../../base/errors.ts';
import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';

/**
 * Rejects parameters that this API does not have, rather than ignoring them. Null and false ask for nothing.
 *
 * @throws ApiError `unsupported_parameter`
 */
export function allowOnly(parameters: JsonObject, known: readonly string[]): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null || value === false || known.includes(name)) continue;
    throw unsupported(`parameters.${name}`);
  }
}

/** The same for a task whose fields are beside `inputs`: it knows no `parameters`. */
export function allowNone({ parameters }: JsonObject): void {
  if (isObject(parameters)) allowOnly(parameters, []);
}

export function unsupported(param: string, what = 'is not supported by this API: remove it'): ApiError {
  return new ApiError('unsupported_parameter', `\`${param}\` ${what}.`, { param });
}
