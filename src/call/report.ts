import type { ApiError } from '../base/errors.ts';
import type { Outcome } from './outcome.ts';

/**
 * What happened during a request, for its log line and the headers of its answer. Nothing is charged or
 * stored by it: see outcome.ts. Never holds content.
 */
export interface Report {
  model?: string;
  /** `name@version` of the prompt whose messages were sent. */
  prompt?: string;
  /** `host/upstream-model` that answered, or that was tried last. */
  target?: string;
  /** Each target that failed, with the code of its failure: also if another one answered. */
  failed?: Readonly<Record<string, string>>;
  /** Of these, why the network did not reach them. */
  unreachable?: Readonly<Record<string, string>>;
  /** What the cache of answers did, as `Cache-Status` says it; and how old its answer is, in seconds. */
  cacheStatus?: string;
  age?: number;
  /** Reads and writes of the cache that failed: they make a request slower, never wrong. */
  cacheFailures?: number;
  /** Vectors and addresses that were not written to KV, because the request had used up its operations. */
  unstored?: number;
  /** What it costs by the prices of the settings, in millionths of a USD. Only metering adds to it. */
  microUsd?: number;
  finishReason?: string;
  /** Milliseconds by stage, as `Server-Timing` shows them. Concurrent work of one stage counts once. */
  readonly timings: Record<string, number>;
  readonly stages: Record<string, { running: number; since: number }>;
  /** Names of fields that the route does not know. */
  ignored?: readonly string[];
  /** What was thrown, if the caller got no details of it. */
  cause?: unknown;
  /** Headers that say what the caller's limits leave. */
  rateHeaders?: Readonly<Record<string, string>>;
  /** Settles when the cache is written: its failures and what is not stored belong to the log line. */
  stored?: Promise<void>;
}

/** What is known of a request when it is over. */
export interface Reported {
  readonly outcome: Outcome;
  readonly report: Report;
}

export function newReport(): Report {
  return { timings: {}, stages: {} };
}

const MAX_IGNORED = 20;

/** Names the fields of a request that have no effect. A route can run another one: each knows its own. */
export function reportIgnored(report: Report, names: readonly string[]): void {
  if (names.length > 0) report.ignored = [...new Set([...(report.ignored ?? []), ...names])].slice(0, MAX_IGNORED);
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

/** Reports what a request is answered with, if that is an error. @returns it as the caller sees it */
export function reportFailure({ outcome, report }: Reported, error: unknown): ApiError {
  const failure = outcome.failWith(error);
  if (failure.code === 'internal_error') report.cause = error;
  return failure;
}
