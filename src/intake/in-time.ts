import { declaredLength } from '../base/bytes/bounded-body.ts';
import { ApiError } from '../base/errors.ts';
import { withTimeout } from '../base/with-timeout.ts';

/** 14 MB take that long at 1 Mbit/s. */
const MAX_MS = 120_000;
/** Smaller bodies hold little memory, and a timer costs a twentieth of a pass-through request. */
const LARGE_BYTES = 256 * 1024;

/**
 * Limits how long a large body may take to arrive, or one without a declared length: some slow senders could
 * otherwise fill the memory of an isolate.
 *
 * @throws ApiError `body_timeout`
 */
export function inTime<T>(source: Request | Response, reading: Promise<T>): Promise<T> {
  const declared = declaredLength(source);
  return declared !== undefined && declared < LARGE_BYTES ? reading : limit(reading);
}

function limit<T>(reading: Promise<T>): Promise<T> {
  const late = () => {
    reading.catch(() => {});
    const message = `The body did not arrive within ${MAX_MS / 1000} s. Send it faster, or send less.`;
    throw new ApiError('body_timeout', message);
  };
  return withTimeout(reading, { ms: MAX_MS, late });
}
