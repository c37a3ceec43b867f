import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Exchange, Grant } from '../../../src/metering/exchange.ts';
import { dayOf, HOLDER_LASTS_MS } from '../../../src/metering/exchange.ts';
import type { Limiter } from '../../../src/metering/limiter.ts';
import { bindings } from '../../support/worker.ts';

const NOTHING = { requests: 0, tokens: 0, images: 0, microUsd: 0 };
const ONE = { ...NOTHING, requests: 1 };
const NOON = Date.parse('2026-11-25T12:00:00Z');
const TODAY = dayOf(NOON);

type Stub = DurableObjectStub & { exchange(exchange: Exchange): Promise<Grant> };
const limiterOf = (name: string) => (bindings.LIMITS as DurableObjectNamespace<Limiter>).getByName(name) as Stub;
const message = (holder: string, more: Partial<Exchange>): Exchange => {
  return { holder, limits: { requests_per_day: 10 }, most: 5_000, settle: [], freed: 0, ...more };
};

/** What the object has stored. */
const rowsOf = (stub: Stub) =>
  runInDurableObject(stub, (_, { storage }) => ({
    days: storage.sql.exec('SELECT day, requests FROM day').toArray(),
    reserved: storage.sql.exec('SELECT holder, requests FROM holder').toArray(),
  }));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the object that counts', () => {
  it('counts what an isolate that is gone has reserved, until the isolate says more', async () => {
    const stub = limiterOf('gone');
    await stub.exchange(message('gone', { ask: ONE }));
    expect(await rowsOf(stub)).toEqual({ days: [], reserved: [{ holder: 'gone', requests: 1 }] });
    vi.setSystemTime(NOON + HOLDER_LASTS_MS + 1);
    expect((await stub.exchange(message('other', {}))).room.requests_per_day).toBe(9);
    expect(await rowsOf(stub)).toEqual({ days: [{ day: TODAY, requests: 1 }], reserved: [] });
    const settle = [{ day: TODAY, used: NOTHING, released: ONE }];
    expect((await stub.exchange(message('gone', { settle }))).room.requests_per_day).toBe(10);
  });

  it('keeps no place for a request of an isolate that is gone', async () => {
    const stub = limiterOf('places');
    const ask = { limits: { concurrent_requests: 1 }, ask: ONE };
    expect((await stub.exchange(message('gone', ask))).size).toBe(1);
    expect((await stub.exchange(message('other', ask))).refusedBy).toBe('concurrent_requests');
    vi.setSystemTime(NOON + HOLDER_LASTS_MS + 1);
    expect((await stub.exchange(message('other', ask))).size).toBe(1);
  });

  it('leases a two-hundredth of what is left, and at least what is needed', async () => {
    const stub = limiterOf('wide');
    const sizeFor = async (requests_per_day: number) =>
      (await stub.exchange(message('one', { limits: { requests_per_day }, ask: ONE }))).size;
    expect(await sizeFor(10_000)).toBe(50);
    expect(await sizeFor(100)).toBe(1);
  });

  it('forgets a day after a week, also if it is settled later', async () => {
    const stub = limiterOf('late');
    const settle = [TODAY - 8, TODAY].map((day) => ({ day, used: ONE, released: NOTHING }));
    expect((await stub.exchange(message('one', { settle }))).room.requests_per_day).toBe(9);
    expect((await rowsOf(stub)).days).toEqual([{ day: TODAY, requests: 1 }]);
  });
});
