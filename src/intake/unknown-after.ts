import { ApiError } from '../errors.ts';

/** A page cannot begin after what is gone. An empty page would look like the end of the list, and the first one repeat it. */
export function unknownAfter(): ApiError {
  const message = '`after` must be an id of this list. It may have expired or been deleted: begin again without it.';
  return new ApiError('invalid_parameter', message, { param: 'after' });
}
