import type { Limited } from '../access/caller.ts';
import { ApiError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Amount } from './amount.ts';
import type { Lease, Refusal, Reservation } from './lease.ts';
import { leaseOf } from './leases.ts';
import { rateHeaders } from './rate-headers.ts';

/** A request that was admitted by all limits of its caller. */
export interface Admission {
  /** To be called once, when the request has ended. */
  settle(used: Amount): void;
}

/**
 * Reserves what a request will need with every limit of its caller.
 *
 * @param limited at least one
 * @returns at once if this isolate has reserved enough
 * @throws ApiError `rate_limit_exceeded`, `insufficient_quota` or `limits_unavailable`
 */
export function admit(amount: Amount, limited: readonly Limited[], call: Call): Admission | Promise<Admission> {
  const leases = limited.map(leaseOf);
  const [only] = leases;
  // Nearly always, and a promise would cost a fiftieth of a pass-through request.
  const taken = leases.length === 1 ? only?.take(amount, call) : undefined;
  if (!only || !taken) return ask(leases, amount, call);
  call.report.rateHeaders = rateHeaders(leases);
  return { settle: (used) => only.settle(taken, used, call) };
}

async function ask(leases: readonly Lease[], amount: Amount, call: Call): Promise<Admission> {
  let refusedBy: Refusal['limit'] | undefined;
  const held: { lease: Lease; reservation: Reservation }[] = [];
  try {
    for (const lease of leases) {
      const answer = lease.take(amount, call) ?? (await lease.ask(amount, call));
      if (answer && 'limit' in answer) {
        refusedBy = answer.limit;
        throw refused(answer, lease);
      }
      if (answer) held.push({ lease, reservation: answer });
    }
  } catch (error) {
    for (const { lease, reservation } of held) lease.giveBack(reservation, call);
    throw error;
  } finally {
    call.report.rateHeaders = rateHeaders(leases, refusedBy);
  }
  return {
    settle(used) {
      for (const { lease, reservation } of held) lease.settle(reservation, used, call);
    },
  };
}

const WHAT: Readonly<Record<Refusal['limit'], (limit: number) => string>> = {
  requests_per_minute: (limit) => `${limit} requests per minute`,
  requests_per_day: (limit) => `${limit} requests per day`,
  concurrent_requests: (limit) => `${limit} concurrent requests`,
  tokens_per_day: (limit) => `${limit} tokens per day`,
  images_per_day: (limit) => `${limit} images per day`,
  usd_per_day: (limit) => `${limit} USD per day`,
};

/** SDKs wait as long as `Retry-After` says up to a minute, and try again earlier if it says more. */
const MAX_WAIT_SECONDS = 60;

function refused({ limit, waitMs, isDamaged }: Refusal, { limits }: Lease): ApiError {
  if (isDamaged) return damaged(waitMs);
  const isRate = limit.startsWith('requests_') || limit === 'concurrent_requests';
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new ApiError(
    isRate ? 'rate_limit_exceeded' : 'insufficient_quota',
    `The limit of ${WHAT[limit](limits[limit] ?? 0)} is reached. Try again in ${seconds} s.`,
    {
      headers: {
        'retry-after': String(seconds),
        ...(isRate && seconds <= MAX_WAIT_SECONDS ? {} : { 'x-should-retry': 'false' }),
      },
    },
  );
}

/** As long as nobody knows what was used, nothing can be spent. */
function damaged(waitMs: number): ApiError {
  return new ApiError(
    'limits_unavailable',
    'What the key or token has used today is damaged in storage, so its limits refuse until midnight UTC, or until the operator resets them.',
    { headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))), 'x-should-retry': 'false' } },
  );
}
