import { ApiError, unavailable } from '../base/errors.ts';
import type { LimitName, Limits } from '../base/limits.ts';
import type { Grant } from './limiter-message.ts';

/** Why nothing was reserved. */
export interface Refusal {
  readonly limit: LimitName;
  readonly waitMs: number;
  /** Whether what was used is unknown, because it is damaged in storage. */
  readonly isDamaged?: boolean;
}

/** Why the object has granted nothing. */
export function refusalOf({ refusedBy: limit = 'requests_per_minute', isDamaged, ...ends }: Grant): Refusal {
  const waitMs =
    limit === 'concurrent_requests'
      ? 1_000
      : (limit === 'requests_per_minute' ? ends.minuteEndsAt : ends.dayEndsAt) - ends.now;
  return { limit, waitMs, isDamaged: isDamaged === true };
}

const WHAT: Readonly<Record<Refusal['limit'], (limit: number) => string>> = {
  requests_per_minute: (limit) => `${limit} requests per minute`,
  requests_per_day: (limit) => `${limit} requests per day`,
  concurrent_requests: (limit) => `${limit} concurrent requests`,
  tokens_per_day: (limit) => `${limit} tokens per day`,
  images_per_day: (limit) => `${limit} images per day`,
  usd_per_day: (limit) => `${limit} USD per day`,
};

/** SDKs wait as long as `Retry-After` says up to a minute, and try again earlier if it says more. */
const MAX_WAIT_SECONDS = 60;

/** @returns what the caller gets: `rate_limit_exceeded`, `insufficient_quota` or `limits_unavailable` */
export function refusalError({ limit, waitMs, isDamaged }: Refusal, limits: Limits): ApiError {
  if (isDamaged) return damaged(waitMs);
  const isRate = limit.startsWith('requests_') || limit === 'concurrent_requests';
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new ApiError(
    isRate ? 'rate_limit_exceeded' : 'insufficient_quota',
    `The limit of ${WHAT[limit](limits[limit] ?? 0)} is reached. Try again in ${seconds} s.`,
    {
      headers: {
        'retry-after': String(seconds),
        ...(isRate && seconds <= MAX_WAIT_SECONDS ? {} : { 'x-should-retry': 'false' }),
      },
    },
  );
}

/** As long as nobody knows what was used, nothing can be spent. */
function damaged(waitMs: number): ApiError {
  return new ApiError(
    'limits_unavailable',
    'What the key or token has used today is damaged in storage, so its limits refuse until midnight UTC, or until the operator resets them.',
    { headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))), 'x-should-retry': 'false' } },
  );
}

/** Nobody knows whether there is something left. */
export function unavailableError(cause: unknown): ApiError {
  return unavailable(
    'limits_unavailable',
    'The budget of the key or token cannot be checked now. Try again later.',
    cause,
  );
}
