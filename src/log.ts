import type { AppContext } from './app.ts';
import type { Report } from './call.ts';

/** One line of JSON per request. It holds no content and no key: nothing here comes from a body or a credential. */
export function logRequest(c: AppContext, report: Report, milliseconds: number): void {
  const { status } = c.res;
  const line = {
    level: status >= 500 ? 'error' : status >= 400 || report.error ? 'warn' : 'info',
    request_id: c.get('requestId'),
    method: c.req.method,
    route: c.req.routePath,
    status,
    ms: Math.round(milliseconds * 10) / 10,
    model: report.model,
    target: report.target,
    attempts: report.attempts || undefined,
    cache: report.cache,
    cache_failures: report.cacheFailures,
    tokens: report.tokens,
    finish_reason: report.finishReason,
    timings: rounded(report.timings),
    error: report.error,
    cause: report.cause === undefined ? undefined : describeCause(report.cause),
  };
  console.log(JSON.stringify(line));
}

function rounded(timings: Readonly<Record<string, number>>): Record<string, number> | undefined {
  const entries = Object.entries(timings).map(([stage, ms]) => [stage, Math.round(ms * 10) / 10]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The kind and the place of an unexpected error. Not its message: that of a SyntaxError, say, quotes what it read. */
function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [cause.name, ...frames.slice(0, 5).map((frame) => frame.trim())].join(' ');
}
