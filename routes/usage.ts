import * as z from 'zod/mini';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { DAY_MS, dayOf, dayText } from '../src/base/utc-day.ts';
import { readUsage } from '../src/metering/usage.ts';
import { type StoredUsage, USAGE_DAYS_KEPT } from '../src/metering/usage-row.ts';
import { route } from '../src/route.ts';

const DEFAULT_DAYS = 30;

const day = () =>
  z.optional(
    z.string().check(
      z.refine((text) => /^\d{4}-\d\d-\d\d$/.test(text) && dateOf(Date.parse(text)) === text, {
        error: 'must be a day, such as 2026-11-24',
      }),
    ),
  );

export const usageRequest = lazy(() => z.looseObject({ from: day(), to: day() }));

/**
 * GET /v1/usage?from&to: by day and model, both days inclusive, UTC. A key sees its own, an operator's key
 * that of all keys.
 */
export const usage = route({
  method: 'GET',
  path: '/v1/usage',
  access: 'key',
  schema: usageRequest,
  async run({ from: asked, to = dateOf(Date.now()) }, call) {
    const from = asked ?? dateOf(Date.parse(to) - (DEFAULT_DAYS - 1) * DAY_MS);
    if (from > to) throw new ApiError('invalid_parameter', '`from` must not be later than `to`.', { param: 'from' });
    const { kind, account } = call.caller;
    const rows = await readUsage(from, to, kind === 'operator' ? undefined : account, call);
    const data = rows.map((row) => entry(row, kind === 'operator'));
    return Response.json({ object: 'usage', from, to, days_kept: USAGE_DAYS_KEPT, data });
  },
});

/** A count that is damaged in storage is null: unknown. */
function entry(row: StoredUsage, withAccount: boolean) {
  return {
    date: row.day,
    ...(withAccount ? { key: row.account } : {}),
    model: row.model,
    requests: row.requests,
    failed_requests: row.failed,
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    images: row.images,
    cache_hits: row.cacheHits,
    cache_misses: row.cacheMisses,
    cost_usd: row.microUsd === null ? null : row.microUsd / 1e6,
    estimated_requests: row.estimated,
  };
}

/** `NaN` for a time that does not exist: not a day. */
function dateOf(time: number): string {
  return Number.isNaN(time) ? 'NaN' : dayText(dayOf(time));
}
