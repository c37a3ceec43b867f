import type { Posted } from '../../hosts/upstream/public-post.ts';

export type Verdict =
  | { readonly status: 'delivered' }
  | { readonly status: 'failed'; readonly isGone: boolean }
  | { readonly status: 'pending'; readonly nextAt: number };

/** A receiver that asks for more time gets at most this. */
const MAX_RETRY_AFTER_SECONDS = 24 * 3_600;
/** Receivers that failed together do not get everything back at the same moment. */
const JITTER = 0.1;

/**
 * What an attempt means. Only 2xx is a success: a redirect is a failure. 410 says that the endpoint is gone.
 * Everything else is tried again until the schedule ends.
 *
 * @param tries attempts so far, this one included
 * @param schedule seconds after each failed attempt
 */
export function verdictOf(
  { status, retryAfterSeconds = 0 }: Posted,
  tries: number,
  schedule: readonly number[],
): Verdict {
  if (status >= 200 && status < 300) return { status: 'delivered' };
  if (status === 410) return { status: 'failed', isGone: true };
  const pause = schedule[tries - 1];
  if (pause === undefined) return { status: 'failed', isGone: false };
  const jittered = pause * (1 - JITTER + 2 * JITTER * Math.random());
  const seconds = Math.max(jittered, Math.min(retryAfterSeconds, MAX_RETRY_AFTER_SECONDS));
  return { status: 'pending', nextAt: Date.now() + Math.ceil(seconds * 1000) };
}
