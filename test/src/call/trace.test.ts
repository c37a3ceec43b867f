import { createExecutionContext } from 'cloudflare:test';
import { expect, it, vi } from 'vitest';
import { newReport } from '../../../src/call/report.ts';
import { traceCache } from '../../../src/call/trace.ts';

const HIT = 'cedalion; hit; ttl=300';

it('says in the trace of a request what the cache of answers did', () => {
  const setAttribute = vi.fn();
  const context = (isTraced: boolean) => ({ tracing: { getActiveSpan: () => ({ isTraced, setAttribute }) } });
  traceCache({ ...newReport(), cacheStatus: HIT }, context(true));
  expect(setAttribute).toHaveBeenCalledExactlyOnceWith('cedalion.cache_status', HIT);
  traceCache({ ...newReport(), cacheStatus: HIT }, context(false));
  traceCache(newReport(), context(true));
  expect(setAttribute).toHaveBeenCalledOnce();
});

it('says nothing where requests have no trace', () => {
  expect(() => traceCache({ ...newReport(), cacheStatus: HIT }, createExecutionContext())).not.toThrow();
});
