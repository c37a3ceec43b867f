import { ApiError } from '../base/errors.ts';

/**
 * Why a body cannot be read. What a limit refused stays that; all else is a connection that broke: nobody
 * gets the answer.
 */
export function clientLeft(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  return new ApiError('client_closed_request', 'The client left before the body was complete.', { cause });
}
