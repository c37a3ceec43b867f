import { expect, it } from 'vitest';
import { ONE_REQUEST } from '../../../src/metering/amount.ts';
import { leaseOf } from '../../../src/metering/leases.ts';
import { callFor } from '../../support/call.ts';

it('keeps a lease whose object does not know all yet, however many there are', async () => {
  const limits = { requests_per_day: 100 };
  const limited = (name: string) => ({ name, limits });
  const [busy, idle] = [leaseOf(limited('busy')), leaseOf(limited('idle'))];
  const sent: Promise<unknown>[] = [];
  // Without the binding, its message is lost.
  const call = callFor('text-generation', {}, { waitUntil: (work) => sent.push(work) });
  busy.settle({ amount: ONE_REQUEST, day: 1, endsAt: 0 }, ONE_REQUEST, call);
  await Promise.all(sent);
  for (let i = 0; i < 10_000; i++) leaseOf(limited(`other ${i}`));
  expect(leaseOf(limited('busy'))).toBe(busy);
  expect(leaseOf(limited('idle'))).not.toBe(idle);
});
