import type { Call } from '../../call/call.ts';
import type { UpstreamFailure } from './failure.ts';

const MAX_TRIES = 3;
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;
/**
 * OpenAI's SDKs back off for at most 8 s themselves: a caller is held no longer because a host asks to wait.
 */
const PATIENCE_MS = 8_000;

interface Tries {
  /** Requests sent so far. */
  readonly count: number;
  /** `Date.now()` of the first. */
  readonly since: number;
  /** Milliseconds waited between them. */
  readonly waited: number;
  /** Whether a repeat could run the request twice, and cost twice. */
  readonly once: boolean;
}

/**
 * How long to wait before the next try at the same host.
 *
 * @returns milliseconds, or undefined if the failure is the answer
 */
export function retryDelay(failure: UpstreamFailure, tries: Tries, call: Call): number | undefined {
  const { retry } = failure.handling;
  if (retry === undefined || (tries.once && retry !== 'refused')) return undefined;
  if (call.hasAlternative && failure.asksToWait) return undefined;
  // Never at once, even if the host says so.
  const delay = Math.max(backoff(tries.count), (failure.retryAfterSeconds ?? 0) * 1000);
  const now = Date.now();
  if (now + delay >= call.deadline) return undefined;
  if (failure.reason === 'cold') return now + delay < tries.since + call.limits.coldMs ? delay : undefined;
  return tries.count < MAX_TRIES && tries.waited + delay <= PATIENCE_MS ? delay : undefined;
}

/** Full jitter over an exponential window. */
function backoff(tries: number): number {
  return (0.1 + 0.9 * Math.random()) * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
}
