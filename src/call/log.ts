import type { Report } from './report.ts';

export interface Finished {
  readonly method: string;
  /** The path as declared by the route. */
  readonly route: string;
  readonly requestId: string;
  readonly caller: string;
  readonly status: number;
  readonly report: Report;
  readonly milliseconds: number;
}

/**
 * One line of JSON per request. Contains neither content nor keys: nothing here is from a body or a
 * credential.
 */
export function logRequest({ method, route, requestId, caller, status, report, milliseconds }: Finished): void {
  const line = {
    level: status >= 500 ? 'error' : status >= 400 || report.error ? 'warn' : 'info',
    request_id: requestId,
    caller,
    run: report.run,
    method,
    route,
    status,
    ms: toTenths(milliseconds),
    model: report.model,
    prompt: report.prompt,
    target: report.target,
    attempts: report.attempts || undefined,
    failed: report.failed,
    cache: report.cache,
    cache_status: report.cacheStatus,
    cache_failures: report.cacheFailures,
    unstored: report.unstored,
    tokens: report.tokens,
    finish_reason: report.finishReason,
    timings: rounded(report.timings),
    ignored: report.ignored,
    error: report.error,
    cause: report.cause === undefined ? undefined : describeCause(report.cause),
  };
  console.log(JSON.stringify(line));
}

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
