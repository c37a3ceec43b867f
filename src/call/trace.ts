import type { Report } from './report.ts';

/** What Workers call their traces: https://developers.cloudflare.com/workers/observability/traces/ */
type Traced = Pick<ExecutionContext, 'tracing'>;

/** Says in the trace of a request what the cache of answers did. Only requests that asked for it have it. */
export function traceCache({ cacheStatus }: Report, context: object): void {
  if (cacheStatus === undefined) return;
  // The context of tests has no traces.
  const span = (context as Partial<Traced>).tracing?.getActiveSpan();
  if (span?.isTraced) span.setAttribute('cedalion.cache_status', cacheStatus);
}
