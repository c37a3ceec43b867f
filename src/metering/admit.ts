import type { Limited } from '../access/caller.ts';
import type { Call } from '../call/call.ts';
import { leaseOf } from './leases.ts';
import { rateHeaders } from './rate-headers.ts';
import { type Asked, type Refusal, refusalError } from './refusal.ts';
import { Reservation } from './reservation.ts';

/**
 * Reserves what a request will need with every limit of its caller.
 *
 * @param limited at least one
 * @returns the reservations: each is to be settled when the request has ended. None where only rates are
 * limited, and cannot be asked
 * @throws ApiError `rate_limit_exceeded`, `insufficient_quota` or `limits_unavailable`
 */
export async function admit(asked: Asked, limited: readonly Limited[], call: Call): Promise<readonly Reservation[]> {
  const { amount } = asked;
  const leases = limited.map(leaseOf);
  const reservations: Reservation[] = [];
  let refusedBy: Refusal['limit'] | undefined;
  try {
    for (const lease of leases) {
      const answer = lease.tryReserve(amount, call) ?? (await lease.reserve(amount, call));
      if (answer instanceof Reservation) reservations.push(answer);
      else if (answer) {
        refusedBy = answer.limit;
        throw refusalError(answer, lease, asked);
      }
    }
  } catch (error) {
    for (const reservation of reservations) reservation.cancel(call);
    throw error;
  } finally {
    call.report.rateHeaders = rateHeaders(leases, refusedBy);
  }
  return reservations;
}
