import { ApiError } from '../base/errors.ts';

/** What the object of a run refuses a request with, or cancels its run by. */

export function cancelled(message: string): ApiError {
  return new ApiError('run_cancelled', message, { headers: { 'x-should-retry': 'false' } });
}

export function announcing(): ApiError {
  const message =
    'The end of the earlier run with this `Idempotency-Key` is not announced yet. Send the request again.';
  return new ApiError('run_in_progress', message, { headers: { 'retry-after': '1' } });
}

export function reused(): ApiError {
  return new ApiError(
    'idempotency_key_reused',
    'This `Idempotency-Key` was used with another request. Send a new key with each new request.',
    { param: 'Idempotency-Key' },
  );
}
