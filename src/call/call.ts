import { ApiError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { Cancellation } from './cancellation.ts';
import { Deadlines } from './deadlines.ts';

/** How long a request may take, in milliseconds. Each limit has its own error code. */
export interface Limits {
  /** From sending a request to a host until its status line and headers are here. */
  readonly headersMs: number;
  /** From the headers until the first event of a stream. */
  readonly firstEventMs: number;
  /** From the caller's request to the last byte of the answer. */
  readonly totalMs: number;
  /** How much of the total may be spent waiting for a host that is waking up. */
  readonly coldMs: number;
}

/** One caller's request on its way through: what every layer below the routes needs, and what it reports back. */
export interface Call {
  readonly requestId: string;
  readonly settings: Settings;
  readonly limits: Limits;
  /** `Date.now()` at which the total limit passes. */
  readonly deadline: number;
  /** When the total limit passes; of a stream, also when the client leaves. */
  readonly cancellation: Cancellation;
  /** For the shorter limits within the total one. */
  readonly deadlines: Deadlines;
  /** The signal that the client has left. Made when it is asked for. */
  client(): AbortSignal;
  /** Lets work go on after the answer: cache writes. */
  waitUntil(work: Promise<unknown>): void;
  /** Called when a host has sent its headers. */
  onHeaders?(): void;
  readonly report: Report;
}

/** What happened, for the log line and the answer's headers. Never holds content. */
export interface Report {
  model?: string;
  /** `host/upstream-model` that answered, or was tried last. */
  target?: string;
  /** Requests sent to hosts, retries and fallbacks included. */
  attempts: number;
  cache?: { hits: number; misses: number; refreshed: boolean };
  /** Reads and writes of the cache that failed: slower, never wrong. */
  cacheFailures?: number;
  tokens?: { prompt: number; completion: number };
  finishReason?: string;
  /** Milliseconds by stage, as `Server-Timing` shows them. Work side by side counts once. */
  readonly timings: Record<string, number>;
  readonly stages: Record<string, { running: number; since: number }>;
  /** The code of an error that reached the caller. */
  error?: string;
  /** What was thrown, where the caller is told nothing of it. */
  cause?: unknown;
  /** Settles when the last byte of a stream has gone; the log line waits for it. */
  streamed?: Promise<void>;
}

export function newReport(): Report {
  return { attempts: 0, timings: {}, stages: {} };
}

/** @returns a function that ends the stage and adds its time to the report */
export function startStage({ stages, timings }: Report, name: string): () => void {
  stages[name] ??= { running: 0, since: 0 };
  const stage = stages[name];
  if (stage.running++ === 0) stage.since = performance.now();
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    if (--stage.running === 0) timings[name] = (timings[name] ?? 0) + performance.now() - stage.since;
  };
}

/** Starts the clock of a request. */
export function startCall(
  base: Pick<Call, 'requestId' | 'settings' | 'report' | 'waitUntil' | 'client'>,
  limits: Limits,
): Call {
  const cancellation = new Cancellation();
  const deadlines = new Deadlines(limits.totalMs, () =>
    cancellation.cancel(
      new ApiError(
        'upstream_total_timeout',
        `The answer was not complete within the limit of ${limits.totalMs / 1000} s for this kind of request.`,
      ),
    ),
  );
  return { ...base, limits, deadline: Date.now() + limits.totalMs, cancellation, deadlines };
}

/**
 * Ties a call to its client: who leaves stops everything that is done for them. For answers that go on after the handler
 * has returned; of all others workerd takes care, and merely reading a request's signal holds 15 KB for a while.
 */
export function followClient({ client, cancellation }: Call): void {
  const leave = () =>
    cancellation.whole.cancel(
      new ApiError('client_closed_request', 'The client closed the connection before the answer was complete.'),
    );
  cancellation.abortable = true;
  const signal = client();
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
}
