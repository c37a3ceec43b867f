import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Limits } from '../../../src/base/limits.ts';
import type { Call } from '../../../src/call/call.ts';
import { amountOf, NOTHING } from '../../../src/metering/amount.ts';
import { Lease } from '../../../src/metering/lease.ts';
import type { Grant, LimiterMessage } from '../../../src/metering/limiter-message.ts';
import type { Refusal } from '../../../src/metering/refusal.ts';
import { Reservation } from '../../../src/metering/reservation.ts';
import type { Env } from '../../../src/settings/settings.ts';
import { callFor } from '../../support/call.ts';

const requests = (count: number) => amountOf({ ...NOTHING, requests: count });
const ONE = requests(1);

/**
 * A lease, and the object that it asks. Each grant is for at most `size` requests, of this minute and day.
 */
function leaseOf(limits: Limits, size: number) {
  const messages: LimiterMessage[] = [];
  const object = { size, isLost: false, more: {} as Partial<Grant> };
  const exchange = async (message: LimiterMessage): Promise<Grant> => {
    messages.push(message);
    if (object.isLost) throw new Error('The object was reset.');
    const now = Date.now();
    const granted = message.ask ? Math.min(object.size, message.maxGrants) : 0;
    return {
      size: granted,
      remaining: {},
      minuteEndsAt: now + 60_000,
      dayEndsAt: now + 3_600_000,
      now,
      ...object.more,
    };
  };
  const env = { LIMITS: { getByName: () => ({ exchange }) } } as unknown as Env;
  const after: Promise<unknown>[] = [];
  const call = callFor('text-generation', {}, { env, waitUntil: (work) => after.push(work) });
  const lease = new Lease(
    { name: 'key:a', limits },
    { isStored: limits.requests_per_day !== undefined, countsConcurrent: limits.concurrent_requests !== undefined },
  );
  const done = () => Promise.all(after.splice(0));
  return { lease, object, messages, call, done };
}

async function granted(lease: Lease, call: Call): Promise<Reservation> {
  const answer = await lease.reserve(ONE, call);
  if (!(answer instanceof Reservation)) throw new Error('It was not granted.');
  return answer;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a lease', () => {
  it('has what a request gives back, while its minute lasts', async () => {
    const { lease, call, messages } = leaseOf({ requests_per_day: 10_000 }, 10);
    (await granted(lease, call)).cancel(call);
    expect(lease.tryReserve(requests(10), call)?.reserved).toMatchObject({ amount: { requests: 10 } });
    expect(messages[0]).toMatchObject({ maxGrants: 5_000, settle: [] });
  });

  it.each([
    ['settled twice', (reservation: Reservation, call: Call) => reservation.settle(ONE, call)],
    ['cancelled after it was settled', (reservation: Reservation, call: Call) => reservation.cancel(call)],
  ])('counts a reservation once that is %s', async (_, again) => {
    const { lease, call, messages, done } = leaseOf({ requests_per_day: 10_000, concurrent_requests: 5 }, 1);
    const reservation = await granted(lease, call);
    reservation.settle(ONE, call);
    again(reservation, call);
    await done();
    const settle = [{ day: reservation.reserved.day, used: ONE, released: ONE }];
    expect(messages.slice(1)).toEqual([expect.objectContaining({ settle, endedRequests: 1 })]);
  });

  it('reports what is given back later as released', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { lease, call, messages, done } = leaseOf({ requests_per_day: 10_000 }, 1);
    const reservation = await granted(lease, call);
    vi.setSystemTime(Date.now() + 61_000);
    reservation.cancel(call);
    await done();
    expect(messages[1]?.settle).toEqual([{ day: reservation.reserved.day, used: requests(0), released: ONE }]);
  });

  it('says again what was in a message that is lost', async () => {
    const { lease, object, call, messages, done } = leaseOf({ requests_per_day: 10_000, concurrent_requests: 5 }, 1);
    const reservation = await granted(lease, call);
    object.isLost = true;
    reservation.settle(ONE, call);
    await done();
    object.isLost = false;
    await granted(lease, call);
    const said = { settle: [{ day: reservation.reserved.day, used: ONE, released: ONE }], endedRequests: 1 };
    expect(messages.slice(1)).toEqual([expect.objectContaining(said), expect.objectContaining(said)]);
  });

  it('gives back what is left of a day that has ended', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.parse('2026-11-25T23:59:50Z'));
    const { lease, object, call, messages } = leaseOf({ requests_per_day: 10_000 }, 10);
    const { day } = (await granted(lease, call)).reserved;
    // The minute goes on.
    object.more = { minuteEndsAt: Date.now() + 60_000 };
    vi.setSystemTime(Date.parse('2026-11-26T00:00:05Z'));
    expect((await granted(lease, call)).reserved.day).toBe(day + 1);
    await granted(lease, call);
    expect(messages[2]?.settle).toEqual([{ day, used: requests(0), released: requests(9) }]);
  });

  it('is asked for once: other requests that wait meanwhile only ask for themselves', async () => {
    const { lease, call, messages } = leaseOf({ requests_per_day: 10_000 }, 10);
    await Promise.all([granted(lease, call), granted(lease, call)]);
    expect(messages.map(({ maxGrants }) => maxGrants)).toEqual([5_000, 1]);
  });

  it.each([
    ['is not asked for again at once after a refusal by a rate', 'requests_per_minute', 1],
    ['is asked for again after a refusal that can end at any time', 'concurrent_requests', 2],
  ] as const)('%s', async (_, refusedBy, asked) => {
    const { lease, object, call, messages } = leaseOf({ requests_per_minute: 10, concurrent_requests: 5 }, 1);
    object.more = { refusedBy };
    for (const refusal of [await lease.reserve(ONE, call), await lease.reserve(ONE, call)]) {
      expect((refusal as Refusal).limit).toBe(refusedBy);
    }
    expect(messages).toHaveLength(asked);
  });
});
