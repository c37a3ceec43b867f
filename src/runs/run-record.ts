import type { Caller } from '../access/caller.ts';
import { type Needs, noNeeds } from '../access/needs.ts';
import type { Tokens } from '../call/outcome.ts';

export const RUN_STATUSES = ['queued', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export const UNENDED: readonly RunStatus[] = ['queued', 'in_progress'];

/** What the Worker tells the object of a run beside the request itself. Plain data. */
export interface StartCommand {
  /** The id of the first run of the object. */
  readonly id: string;
  /** The path of the route. */
  readonly route: string;
  /** The parameters in its path. */
  readonly params: Readonly<Record<string, string>>;
  readonly caller: Caller;
  readonly requestId: string;
  /** Whether its request was counted by limits before the run. */
  readonly isCounted: boolean;
  readonly isResumable: boolean;
  readonly isBackground: boolean;
  readonly waitMs?: number | undefined;
  readonly isFollowed?: boolean;
  readonly keepsRequest?: boolean;
  /** The public address of this Worker. */
  readonly origin: string;
  /** What is to be done when the run has ended: see run-end.ts. Plain data. */
  readonly followUp?: unknown;
}

/** What is known of a run. Plain data: one row of its object. Times are milliseconds since 1970. */
export interface RunRecord {
  readonly id: string;
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly caller: Caller;
  readonly requestId: string;
  /** Whether its request was counted by limits before the run. */
  readonly isCounted: boolean;
  /** Whether it is listed, and counts among the runs of its caller. */
  isListed: boolean;
  isBackground: boolean;
  /** Whether the request is kept as long as the answer. */
  readonly keepsRequest?: boolean;
  /** Query string and digest of the body: the same key with another one is refused. */
  readonly fingerprint: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly origin: string;
  /** Until it was done. */
  followUp?: unknown;
  /** Of a run in the background that has ended: whether `onEnd` has heard of it. */
  endNotified?: boolean;
  status: RunStatus;
  startedAt?: number;
  endedAt?: number;
  /** How often it was started: a second time if the first was interrupted, and nobody had seen anything. */
  attempts: number;
  /** Whether a reader may have seen a part of the answer. */
  isSeen: boolean;
  /** What its request needed of its caller, as far as it has run: whoever reads its answer needs the same. */
  needs: Needs;
  answer?: RecordedAnswer;
  error?: RunError;
  model?: string;
  target?: string;
  tokens?: Tokens | undefined;
  images?: number;
  /** Milliseconds by stage. */
  timings?: Readonly<Record<string, number>>;
}

/** The body is in the log of the run. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly isStream: boolean;
  /** Whether all of the body is recorded. */
  isWhole: boolean;
}

/** As in the body of an error. */
export interface RunError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

/** @param earlierId of the run of the same key that failed */
export function newRecord(
  command: StartCommand,
  fingerprint: string,
  keepMs: number,
  earlierId: string | undefined,
): RunRecord {
  const { id, isBackground, isResumable, isCounted, keepsRequest, route, params, caller, requestId } = command;
  const { origin, followUp } = command;
  const now = Date.now();
  return {
    ...{ id: earlierId === undefined ? id : nextId(earlierId), isCounted, isBackground },
    ...{ route, params, caller, requestId, origin, followUp },
    isListed: isBackground || isResumable,
    ...(keepsRequest && { keepsRequest }),
    fingerprint,
    createdAt: now,
    expiresAt: now + keepMs,
    status: 'queued',
    needs: noNeeds(),
    attempts: 0,
    isSeen: false,
  };
}

/** `run_k….2` after `run_k…`. */
function nextId(id: string): string {
  const [base = id, count = '1'] = id.split('.');
  return `${base}.${Number(count) + 1}`;
}

export const hasEnded = ({ status }: RunRecord): boolean => !UNENDED.includes(status);

/**
 * Whether a request with the same key is to run anew: the run has failed in a way that may pass, or was
 * cancelled. Any other answer is the one and only answer of its key, and so is one that is too large: it
 * would be paid for again, and be too large again.
 */
export function isRetryable({ status, answer, error }: RunRecord): boolean {
  if (status === 'cancelled') return true;
  if (status !== 'failed' || error?.code === 'run_too_large') return false;
  const { status: http = 500, isWhole = false } = answer ?? {};
  return !isWhole || http < 400 || http === 408 || http === 409 || http === 429 || http >= 500;
}
