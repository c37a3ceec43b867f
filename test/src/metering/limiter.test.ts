import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dayOf } from '../../../src/base/utc-day.ts';
import { NOTHING, ONE_REQUEST as ONE } from '../../../src/metering/amount.ts';
import type { Limiter } from '../../../src/metering/limiter.ts';
import type { Grant, LimiterMessage } from '../../../src/metering/limiter-message.ts';
import { RESERVATION_LASTS_MS } from '../../../src/metering/limiter-message.ts';
import { bindings } from '../../support/worker.ts';

const NOON = Date.parse('2026-11-25T12:00:00Z');
const TODAY = dayOf(NOON);

type Stub = DurableObjectStub & { exchange(exchange: LimiterMessage): Promise<Grant> };
const limiterOf = (name: string) => (bindings.LIMITS as DurableObjectNamespace<Limiter>).getByName(name) as Stub;
const message = (isolateId: string, more: Partial<LimiterMessage>): LimiterMessage => {
  return { isolateId, limits: { requests_per_day: 10 }, maxGrants: 5_000, settle: [], endedRequests: 0, ...more };
};

/** What the object has stored. */
const rowsOf = (stub: Stub) =>
  runInDurableObject(stub, (_, { storage }) => ({
    days: storage.sql.exec('SELECT day, requests FROM day').toArray(),
    reserved: storage.sql.exec('SELECT holder AS isolateId, requests FROM holder').toArray(),
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
    expect(await rowsOf(stub)).toEqual({ days: [], reserved: [{ isolateId: 'gone', requests: 1 }] });
    vi.setSystemTime(NOON + RESERVATION_LASTS_MS + 1);
    expect((await stub.exchange(message('other', {}))).remaining.requests_per_day).toBe(9);
    expect(await rowsOf(stub)).toEqual({ days: [{ day: TODAY, requests: 1 }], reserved: [] });
    const settle = [{ day: TODAY, used: NOTHING, released: ONE }];
    expect((await stub.exchange(message('gone', { settle }))).remaining.requests_per_day).toBe(10);
  });

  it('keeps no place for a request of an isolate that is gone', async () => {
    const stub = limiterOf('places');
    const ask = { limits: { concurrent_requests: 1 }, ask: ONE };
    expect((await stub.exchange(message('gone', ask))).size).toBe(1);
    expect((await stub.exchange(message('other', ask))).refusedBy).toBe('concurrent_requests');
    vi.setSystemTime(NOON + RESERVATION_LASTS_MS + 1);
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
    expect((await stub.exchange(message('one', { settle }))).remaining.requests_per_day).toBe(9);
    expect((await rowsOf(stub)).days).toEqual([{ day: TODAY, requests: 1 }]);
  });

  it.each([
    ['null, which is how SQLite stores NaN', 'UPDATE day SET tokens = NULL'],
    ['infinite', 'UPDATE day SET microUsd = 9e999'],
    ['negative', 'UPDATE day SET requests = -5'],
    ['a text', "UPDATE day SET images = 'many'"],
    ['of what is reserved', 'UPDATE holder SET tokens = NULL'],
    ['the end of what is reserved', 'UPDATE holder SET until = NULL'],
  ])('refuses until midnight what it cannot count, if a stored count is damaged: %s', async (_, damage) => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    const settle = [{ day: TODAY, used: ONE, released: NOTHING }];
    const name = `damaged ${damage}`;
    await limiterOf(name).exchange(message('one', { ask: ONE, settle }));
    await runInDurableObject(limiterOf(name), (_, { storage }) => storage.sql.exec(damage).toArray());
    await evictDurableObject(limiterOf(name));
    const refused = await limiterOf(name).exchange(message('two', { ask: ONE }));
    expect(refused).toMatchObject({ size: 0, refusedBy: 'requests_per_day', isDamaged: true });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'error', damaged: 'limits', name, day: '2026-11-25' },
    ]);
    // What is settled meanwhile does not make it sound again.
    await limiterOf(name).exchange(message('two', { settle }));
    await evictDurableObject(limiterOf(name));
    expect((await limiterOf(name).exchange(message('two', { ask: ONE }))).isDamaged).toBe(true);
    // Minutes are counted in memory.
    const minutes = { limits: { requests_per_minute: 10 }, ask: ONE };
    expect((await limiterOf(name).exchange(message('two', minutes))).size).toBe(1);
    vi.setSystemTime(Date.parse('2026-11-26T00:00:01Z'));
    expect((await limiterOf(name).exchange(message('two', { ask: ONE }))).size).toBe(1);
  });

  it.each([
    ['an amount that is no number', { ask: { ...ONE, tokens: Number.NaN } }],
    ['an amount that is negative', { settle: [{ day: TODAY, used: ONE, released: { ...ONE, tokens: -1 } }] }],
    ['a day that is far from now', { settle: [{ day: TODAY + 2, used: ONE, released: NOTHING }] }],
    ['a count of ended requests that is infinite', { endedRequests: Number.POSITIVE_INFINITY }],
  ])('takes no message with %s', async (_, more) => {
    const stub = limiterOf('messages');
    await runInDurableObject(stub, (limiter) => {
      expect(() => (limiter as Limiter).exchange(message('one', more as Partial<LimiterMessage>))).toThrow(RangeError);
    });
  });
});
