import { ApiError, unavailable } from '../base/errors.ts';
import { BUDGETS, type LimitName, type Limits } from '../base/limits.ts';
import type { Task } from '../call/tasks.ts';
import type { Amount } from './amount.ts';
import type { Grant, Remaining } from './limiter-message.ts';

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

/** What was to be reserved for a request. */
export interface Asked {
  readonly amount: Amount;
  /** Undefined for a request that asks no model. */
  readonly task?: Task | undefined;
}

const UNITS: Readonly<Record<Refusal['limit'], string>> = {
  requests_per_minute: 'requests per minute',
  requests_per_day: 'requests per day',
  concurrent_requests: 'concurrent requests',
  tokens_per_day: 'tokens per day',
  images_per_day: 'images per day',
  usd_per_day: 'USD per day',
};

/** SDKs wait as long as `Retry-After` says up to a minute, and try again earlier if it says more. */
const MAX_WAIT_SECONDS = 60;

/** The limits of a caller, and what is left of each. */
interface Bounds {
  readonly limits: Limits;
  readonly remaining: Remaining;
}

/** @returns what the caller gets: `rate_limit_exceeded`, `insufficient_quota` or `limits_unavailable` */
export function refusalError(refusal: Refusal, { limits, remaining }: Bounds, asked: Asked): ApiError {
  const { limit, waitMs, isDamaged } = refusal;
  if (isDamaged) return damaged(waitMs);
  if (BUDGETS.includes(limit)) return quotaError(limit, limits[limit] ?? 0, { left: remaining[limit] ?? 0, asked });
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new ApiError(
    'rate_limit_exceeded',
    `The limit of ${limits[limit] ?? 0} ${UNITS[limit]} is reached. Try again in ${seconds} s.`,
    {
      headers: {
        'retry-after': String(seconds),
        ...(seconds <= MAX_WAIT_SECONDS ? {} : { 'x-should-retry': 'false' }),
      },
    },
  );
}

/**
 * A budget that is used up, or that what this request may use does not fit into: then less can be asked for.
 * Without `Retry-After`: clients that obey it would sleep for hours.
 */
function quotaError(limit: LimitName, size: number, { left, asked }: { left: number; asked: Asked }): ApiError {
  const headers = { 'x-should-retry': 'false' };
  const unit = UNITS[limit].replace(' per day', '');
  if (left === 0) {
    const message = `The limit of ${decimal(size)} ${UNITS[limit]} is used up until midnight UTC.`;
    return new ApiError('insufficient_quota', message, { headers });
  }
  const { amount, task } = asked;
  const needed =
    limit === 'usd_per_day' ? amount.microUsd / 1e6 : limit === 'images_per_day' ? amount.images : amount.tokens;
  const { param, advice } = LESS[task ?? 'embedding'];
  const most = `This request may use up to ${decimal(needed)} ${unit}`;
  const rest = `${decimal(left)} of ${decimal(size)} ${UNITS[limit]} are left beside what running requests have reserved`;
  return new ApiError('insufficient_quota', `${most}, and ${rest}. ${advice}`, { headers, param });
}

/** Without exponent, to a millionth. */
const decimal = (value: number) => value.toFixed(6).replace(/\.?0+$/, '');

const SEND_LESS = { param: undefined, advice: 'Send less input.' };
const FEWER_PICTURES = { param: 'n', advice: 'Send a lower `n`.' };

/** What makes a request cost less, and the field that says so. */
const LESS: Readonly<Record<Task, { readonly param: string | undefined; readonly advice: string }>> = {
  'text-generation': { param: 'max_tokens', advice: 'Send a lower `max_tokens`, or less input.' },
  embedding: SEND_LESS,
  'text-ranking': SEND_LESS,
  moderation: SEND_LESS,
  'text-to-image': FEWER_PICTURES,
  'image-to-image': FEWER_PICTURES,
  'zero-shot-image-classification': SEND_LESS,
  'automatic-speech-recognition': SEND_LESS,
  'text-to-speech': SEND_LESS,
};

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
  return unavailable('limits_unavailable', 'The budget of the key or token cannot be checked now. Try again later.', {
    cause,
  });
}
