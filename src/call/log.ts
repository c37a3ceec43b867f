import type { Reported } from './report.ts';

export interface Finished extends Reported {
  readonly method: string;
  /** The path as declared by the route. */
  readonly route: string;
  readonly requestId: string;
  readonly caller: string;
  readonly status: number;
  readonly milliseconds: number;
}

/**
 * One line of JSON per request. Contains neither content nor keys: nothing here is from a body or a
 * credential.
 */
export function logRequest({ requestId, caller, outcome, report, ...finished }: Finished): void {
  const { method, route, status, milliseconds } = finished;
  const line = {
    level: status >= 500 ? 'error' : status >= 400 || outcome.error ? 'warn' : 'info',
    request_id: requestId,
    caller,
    run: outcome.run,
    method,
    route,
    status,
    ms: toTenths(milliseconds),
    model: report.model,
    prompt: report.prompt,
    target: report.target,
    attempts: outcome.attempts || undefined,
    failed: report.failed,
    failed_hosts: report.failed && hostsIn(report.failed),
    unreachable: report.unreachable,
    cache: outcome.cache,
    cache_status: report.cacheStatus,
    cache_failures: report.cacheFailures,
    unstored: report.unstored,
    tokens: outcome.tokens,
    cost_usd: report.microUsd && report.microUsd / 1e6,
    finish_reason: report.finishReason,
    timings: rounded(report.timings),
    ignored: report.ignored,
    error: outcome.error,
    cause: report.cause === undefined ? undefined : describeCause(report.cause),
  };
  console.log(JSON.stringify(line));
}

/** Of targets, `host/model`: one text, since logs are grouped by texts. */
const hostsIn = (failed: Readonly<Record<string, string>>) =>
  [...new Set(Object.keys(failed).map((target) => target.split('/', 1)[0]))].sort().join(', ');

function rounded(timings: Readonly<Record<string, number>>): Record<string, number> | undefined {
  let all: Record<string, number> | undefined;
  for (const stage in timings) {
    all ??= {};
    all[stage] = toTenths(timings[stage] as number);
  }
  return all;
}

const toTenths = (milliseconds: number) => Math.round(milliseconds * 10) / 10;

/**
 * The name and the place of an unexpected error. Not its message: that of a SyntaxError, say, quotes what it
 * parsed.
 */
function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [cause.name, ...frames.slice(0, 5).map((frame) => frame.trim())].join(' ');
}
