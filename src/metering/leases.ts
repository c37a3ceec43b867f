import type { Limited } from '../access/caller.ts';
import { isolateState } from '../base/isolate-state.ts';
import { Lease } from './lease.ts';
import { DAILY } from './limiter-message.ts';

const MAX_LEASES = 10_000;

/** The leases of this isolate. */
const leases = isolateState('leases', () => new Map<string, Lease>());

export function leaseOf(limited: Limited): Lease {
  const { name, limits } = limited;
  // Limits may change, and each token of a subject has its own. What was reserved by one kind is not used by
  // another.
  const isStored = DAILY.some((limit) => limits[limit] !== undefined);
  const countsConcurrent = limits.concurrent_requests !== undefined;
  const key = `${isStored ? 'day' : ''} ${countsConcurrent ? 'running' : ''} ${name}`;
  let lease = leases.get(key);
  if (!lease) {
    if (leases.size >= MAX_LEASES) forgetIdle();
    lease = new Lease(limited, { isStored, countsConcurrent });
    leases.set(key, lease);
  }
  lease.limits = limits;
  return lease;
}

/** What an idle lease has reserved, its object takes back after a while. */
function forgetIdle(): void {
  for (const [name, { isIdle }] of leases) if (isIdle) leases.delete(name);
}
