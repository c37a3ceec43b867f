import type { Limited } from '../access/caller.ts';
import { isolateState } from '../base/isolate-state.ts';
import { Lease } from './lease.ts';
import { DAILY } from './limiter-message.ts';

const MAX_LEASES = 10_000;

/** The leases of this isolate. */
const leases = isolateState('leases', () => ({
  byKey: new Map<string, Lease>(),
  /**
   * The data of a caller is the same object from request to request: finding a lease by its name costs more.
   */
  ofCaller: new WeakMap<Limited, Lease>(),
}));

export function leaseOf(limited: Limited): Lease {
  const known = leases.ofCaller.get(limited) ?? findLease(limited);
  known.limits = limited.limits;
  return known;
}

function findLease(limited: Limited): Lease {
  const { name, limits } = limited;
  // Limits may change, and each token of a subject has its own. What was reserved by one kind is not used by
  // another.
  const isStored = DAILY.some((limit) => limits[limit] !== undefined);
  const countsConcurrent = limits.concurrent_requests !== undefined;
  const key = `${isStored ? 'day' : ''} ${countsConcurrent ? 'running' : ''} ${name}`;
  let lease = leases.byKey.get(key);
  if (!lease) {
    if (leases.byKey.size >= MAX_LEASES) forgetIdle();
    lease = new Lease(limited, { isStored, countsConcurrent });
    leases.byKey.set(key, lease);
  }
  leases.ofCaller.set(limited, lease);
  return lease;
}

/** What an idle lease has reserved, its object takes back after a while. */
function forgetIdle(): void {
  for (const [name, { isIdle }] of leases.byKey) if (isIdle) leases.byKey.delete(name);
}
