/** Limits of a caller. One that is not set does not limit. Days are UTC days. */
export interface Limits {
  readonly requests_per_minute?: number | undefined;
  readonly requests_per_day?: number | undefined;
  readonly concurrent_requests?: number | undefined;
  /** Prompt and completion tokens together. */
  readonly tokens_per_day?: number | undefined;
  readonly images_per_day?: number | undefined;
  readonly usd_per_day?: number | undefined;
}

export type LimitName = keyof Limits;

export const LIMIT_NAMES: readonly LimitName[] = [
  'requests_per_minute',
  'requests_per_day',
  'concurrent_requests',
  'tokens_per_day',
  'images_per_day',
  'usd_per_day',
];

/** Limits of what costs money. */
export const BUDGETS: readonly LimitName[] = ['usd_per_day', 'tokens_per_day', 'images_per_day'];

export function isLimits(value: unknown): value is Limits {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([name, limit]) =>
      LIMIT_NAMES.includes(name as LimitName) &&
      (limit === undefined ||
        (Number.isFinite(limit) && limit >= 0 && (name === 'usd_per_day' || Number.isSafeInteger(limit)))),
  );
}
