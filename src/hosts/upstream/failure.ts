import { ApiError, type ErrorCode } from '../../base/errors.ts';

/** Why a host failed. Retry, fallback and the code that the caller sees are read from this one table. */
export type FailureReason = keyof typeof REASONS;

interface Handling {
  readonly code: ErrorCode;
  /**
   * `always`: another try at the same host can help. `refused`: the same, and the host did not run the
   * request.
   */
  readonly retry?: 'always' | 'refused';
  /** The failure says nothing about the caller's request: another target can do better. */
  readonly movesOn: boolean;
}

const REASONS = {
  unreachable: { code: 'upstream_unreachable', retry: 'always', movesOn: true },
  'server-error': { code: 'upstream_error', retry: 'always', movesOn: true },
  'rate-limited': { code: 'upstream_rate_limited', retry: 'refused', movesOn: true },
  overloaded: { code: 'upstream_overloaded', retry: 'refused', movesOn: true },
  cold: { code: 'upstream_cold', retry: 'refused', movesOn: true },
  redirect: { code: 'upstream_error', movesOn: true },
  unauthorized: { code: 'upstream_unauthorized', movesOn: true },
  'no-credit': { code: 'insufficient_quota', movesOn: true },
  'model-missing': { code: 'upstream_model_missing', movesOn: true },
  'invalid-answer': { code: 'upstream_invalid_answer', movesOn: true },
  'answer-too-large': { code: 'upstream_answer_too_large', movesOn: true },
  'stream-cut': { code: 'upstream_stream_cut', movesOn: true },
  'headers-timeout': { code: 'upstream_headers_timeout', movesOn: true },
  'first-event-timeout': { code: 'upstream_first_event_timeout', movesOn: true },
  /** The host understood the request and does not accept it. Another target would not either. */
  rejected: { code: 'upstream_rejected', movesOn: false },
  /** The host lacks what the request needs. Another one can have it. */
  unsupported: { code: 'upstream_rejected', movesOn: true },
} as const satisfies Record<string, Handling>;

export interface FailureDetails {
  readonly cause?: unknown;
  /** The host's own status, code and parameter. */
  readonly status?: number | undefined;
  readonly hostCode?: string | undefined;
  readonly param?: string | undefined;
  /** How long the host asked to wait. */
  readonly retryAfterSeconds?: number | undefined;
  /** The field of the request to the host that can be the reason, if the host itself does not say so. */
  readonly suspect?: string | undefined;
  /** A repetition cannot help, although the status looks as if it could: SDKs must not repeat the request. */
  readonly isFinal?: boolean | undefined;
}

/** A failure of a host: an entry of the error table, and the reason. */
export class UpstreamFailure extends ApiError {
  readonly reason: FailureReason;
  readonly retryAfterSeconds: number | undefined;
  readonly suspect: string | undefined;

  constructor(
    reason: FailureReason,
    message: string,
    { retryAfterSeconds, suspect, isFinal, ...details }: FailureDetails = {},
  ) {
    const headers: Record<string, string> = {};
    if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
    // An account without credit stays without, and a credential that was refused stays refused.
    if (isFinal || reason === 'no-credit' || reason === 'unauthorized') headers['x-should-retry'] = 'false';
    super(REASONS[reason].code, message, { ...details, headers });
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
    this.suspect = suspect;
  }

  get handling(): Handling {
    return REASONS[this.reason];
  }

  /** Whether the host can be asked again after a while, and said so. */
  get asksToWait(): boolean {
    return this.reason === 'cold' || this.reason === 'rate-limited' || this.retryAfterSeconds !== undefined;
  }
}

/** Whether another target can do better. */
export function movesOn(error: unknown): error is UpstreamFailure {
  return error instanceof UpstreamFailure && error.handling.movesOn;
}

/**
 * An error of the connection to a host, as a failure of the host. Every other error that is expected is one
 * already.
 */
export function asFailure(error: unknown, name: string): ApiError {
  if (error instanceof ApiError) return error;
  return new UpstreamFailure('unreachable', `The connection to the host ${name} failed.`, { cause: error });
}

/**
 * @param what completes "The host <name> answered"
 * @param suspect the field of the request that can be the reason
 */
export function invalidAnswer(name: string, what: string, suspect?: string): UpstreamFailure {
  return new UpstreamFailure('invalid-answer', `The host ${name} answered ${what}.`, { suspect });
}
