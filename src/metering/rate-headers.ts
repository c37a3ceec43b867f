import type { LimitName } from '../base/limits.ts';
import type { Lease } from './lease.ts';

/**
 * What a caller may still do, in two forms: that of the IETF (`RateLimit-Policy` and `RateLimit`) and
 * OpenAI's (`x-ratelimit-*`). A refusal shows the limit that refused: what another one leaves would say that
 * there is more.
 *
 * Sources: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/,
 * https://platform.openai.com/docs/guides/rate-limits
 */
export function rateHeaders(leases: readonly Lease[], refusedBy?: LimitName): Readonly<Record<string, string>> {
  const [only] = leases;
  if (!only || leases.length > 1 || refusedBy) return headersOf(leases, refusedBy);
  // What is left is only known as of the last message, so the headers stay the same until the next one.
  const now = Date.now();
  let known = written.get(only);
  if (known?.remaining !== only.remaining || now >= known.until) {
    known = { remaining: only.remaining, until: now + KEPT_MS, headers: headersOf(leases) };
    written.set(only, known);
  }
  return known.headers;
}

const KEPT_MS = 1_000;
const written = new WeakMap<
  Lease,
  { remaining: Lease['remaining']; until: number; headers: Readonly<Record<string, string>> }
>();

function headersOf(leases: readonly Lease[], refusedBy?: LimitName): Readonly<Record<string, string>> {
  const narrowest = new Map<LimitName, Narrowest>();
  for (const lease of leases) {
    for (const name of SHOWN) {
      const left = lease.remaining[name];
      const limit = lease.limits[name];
      if (left === undefined || limit === undefined || left >= (narrowest.get(name)?.left ?? Infinity)) continue;
      const endsAt = name === 'requests_per_minute' ? lease.minuteEndsAt : lease.dayEndsAt;
      narrowest.set(name, { limit, left, seconds: Math.max(1, Math.ceil((endsAt - Date.now()) / 1000)) });
    }
  }
  if (narrowest.size === 0) return {};
  const requests = refusedBy === 'requests_per_day' ? refusedBy : 'requests_per_minute';
  const policies: string[] = [];
  const states: string[] = [];
  for (const [name, { limit, left, seconds }] of narrowest) {
    policies.push(`"${name}";q=${limit};w=${name === 'requests_per_minute' ? 60 : 86_400}`);
    states.push(`"${name}";r=${left};t=${seconds}`);
  }
  return {
    'ratelimit-policy': policies.join(', '),
    ratelimit: states.join(', '),
    ...openaiHeaders('requests', narrowest.get(requests) ?? narrowest.get('requests_per_day')),
    ...openaiHeaders('tokens', narrowest.get('tokens_per_day')),
  };
}

interface Narrowest {
  readonly limit: number;
  readonly left: number;
  readonly seconds: number;
}

const SHOWN = ['requests_per_minute', 'requests_per_day', 'tokens_per_day', 'images_per_day'] as const;

function openaiHeaders(of: 'requests' | 'tokens', remaining: Narrowest | undefined): Record<string, string> {
  if (!remaining) return {};
  return {
    [`x-ratelimit-limit-${of}`]: String(remaining.limit),
    [`x-ratelimit-remaining-${of}`]: String(remaining.left),
    [`x-ratelimit-reset-${of}`]: `${remaining.seconds}s`,
  };
}
