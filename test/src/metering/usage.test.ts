import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../../src/base/isolate-state.ts';
import { amountOf } from '../../../src/metering/amount.ts';
import { Debounced } from '../../../src/metering/debounced.ts';
import { recordUsage } from '../../../src/metering/usage.ts';
import type { Usage } from '../../../src/metering/usage-row.ts';
import type { Env } from '../../../src/settings/settings.ts';
import { callFor } from '../../support/call.ts';

const USED = { amount: amountOf({ requests: 1, tokens: 10, images: 0, microUsd: 5 }), isEstimated: false };

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(scheduler, 'wait').mockImplementation((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
});
afterEach(() => {
  resetIsolate('unwritten-usage');
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('usage that the object does not take', () => {
  it('is written with that of the next requests, and counted once', async () => {
    const written: (readonly Usage[])[] = [];
    let isLost = true;
    const add = async (rows: readonly Usage[]) => {
      if (isLost) throw new Error('The object was reset.');
      written.push(rows.map((row) => ({ ...row })));
    };
    const env = { USAGE: { getByName: () => ({ add }) } } as unknown as Env;
    const call = callFor('text-generation', {}, { env });
    recordUsage('a', USED, call);
    recordUsage('b', USED, call);
    await vi.advanceTimersByTimeAsync(2_000);
    isLost = false;
    recordUsage('a', USED, call);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(written).toHaveLength(1);
    expect(written[0]?.map(({ model, requests, microUsd }) => [model, requests, microUsd]).toSorted()).toEqual([
      ['a', 2, 10],
      ['b', 1, 5],
    ]);
  });

  it('is added to that of requests that came while it was written', async () => {
    const written: number[] = [];
    const { promise: answered, reject: lose } = Promise.withResolvers<void>();
    const add = vi.fn(async (rows: readonly Usage[]) => {
      written.push(...rows.map(({ requests }) => requests));
    });
    add.mockReturnValueOnce(answered);
    const env = { USAGE: { getByName: () => ({ add }) } } as unknown as Env;
    const call = callFor('text-generation', {}, { env });
    recordUsage('a', USED, call);
    await vi.advanceTimersByTimeAsync(2_000);
    recordUsage('a', USED, call);
    lose(new Error('The object was reset.'));
    await vi.advanceTimersByTimeAsync(0);
    // And to that of requests after the failure.
    recordUsage('a', USED, call);
    recordUsage('a', USED, call);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(written).toEqual([4]);
  });
});

describe('work that is settled later', () => {
  it('runs once for all that happens within two seconds, and again if its request is gone', async () => {
    const work = vi.fn(async () => {});
    const later = new Debounced(work);
    const call = callFor('text-generation');
    later.schedule(call);
    later.schedule(call);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(work).toHaveBeenCalledTimes(1);
    // The platform ends the request that was to do it, with its timer.
    vi.spyOn(globalThis, 'setTimeout').mockReturnValueOnce(0 as never);
    later.schedule(call);
    await vi.advanceTimersByTimeAsync(9_000);
    later.schedule(call);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    later.schedule(call);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(work).toHaveBeenCalledTimes(2);
  });
});
