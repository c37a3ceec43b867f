import type { Limited } from '../access/caller.ts';
import { forgetIsolateId } from './ask-limiter.ts';
import { Lease } from './lease.ts';
import { DAILY } from './limiter-message.ts';

/** The leases of this isolate. */
const leases = new Map<string, Lease>();
const MAX_LEASES = 10_000;

/** By the data of a caller, which is the same object from request to request: finding a lease by its name costs more. */
let ofCaller = new WeakMap<Limited, Lease>();

export function leaseOf(limited: Limited): Lease {
  const known = ofCaller.get(limited) ?? findLease(limited);
  known.limits = limited.limits;
  return known;
}

function findLease(limited: Limited): Lease {
  const { name, limits } = limited;
  // Limits may change, and each token of a subject has its own. What was reserved by one kind is not used by another.
  const isStored = DAILY.some((limit) => limits[limit] !== undefined);
  const countsConcurrent = limits.concurrent_requests !== undefined;
  const key = `${isStored ? 'day' : ''} ${countsConcurrent ? 'running' : ''} ${name}`;
  let lease = leases.get(key);
  if (!lease) {
    if (leases.size >= MAX_LEASES) forgetIdle();
    lease = new Lease(limited, { isStored, countsConcurrent });
    leases.set(key, lease);
  }
  ofCaller.set(limited, lease);
  return lease;
}

/** What an idle lease has reserved, its object takes back after a while. */
function forgetIdle(): void {
  for (const [name, { isIdle }] of leases) if (isIdle) leases.delete(name);
}

/** For tests: a new isolate has reserved nothing. */
export function forgetLeases(): void {
  leases.clear();
  ofCaller = new WeakMap();
  forgetIsolateId();
}
