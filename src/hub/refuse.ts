import { ApiError } from '../errors.ts';
import type { JsonObject } from '../tasks.ts';

/**
 * Rejects what no host of this API can do, rather than ignoring it. What is off or absent is no request for it.
 *
 * @param path of the object that has the fields, with a point at its end
 * @throws ApiError `unsupported_parameter`
 */
export function refuse(fields: JsonObject, names: readonly string[], path = 'parameters.'): void {
  for (const name of names) {
    const value = fields[name];
    if (value === undefined || value === null || value === false) continue;
    throw unsupported(path + name);
  }
}

export function unsupported(param: string, what = 'is not supported by this API: remove it'): ApiError {
  return new ApiError('unsupported_parameter', `\`${param}\` ${what}.`, { param });
}
