import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/base/errors.ts';
import { type Call, startCall } from '../../../../src/call/call.ts';
import { keptAlive } from '../../../../src/hosts/stream/kept-alive.ts';
import { callFor } from '../../../support/call.ts';

const COMMENT = ': keepalive\n\n';
const EVENT = 'data: {"choices":[]}\n\n';
const failure = new ApiError('upstream_overloaded', 'The host is overloaded.');

const started = (): Call => startCall(callFor('text-generation'), callFor('text-generation').limits);
const late = <T>(milliseconds: number, result: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(result());
      } catch (error) {
        reject(error);
      }
    }, milliseconds);
  });
const fails = () => {
  throw failure;
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a stream', () => {
  it('that begins in time is passed on as it is', async () => {
    const answer = new Response(EVENT);
    const kept = keptAlive(
      late(14_000, () => answer),
      started(),
    );
    await vi.advanceTimersByTimeAsync(14_000);
    expect(await kept).toBe(answer);
  });

  it('that fails in time fails with its status', async () => {
    const kept = keptAlive(late(14_000, fails), started());
    const seen = expect(kept).rejects.toBe(failure);
    await vi.advanceTimersByTimeAsync(14_000);
    await seen;
  });

  it('whose host sends nothing for 40 s has a comment every 15 s, and then what the host sends', async () => {
    const kept = keptAlive(
      late(40_000, () => new Response(EVENT)),
      started(),
    );
    await vi.advanceTimersByTimeAsync(15_000);
    const text = (await kept).text();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(await text).toBe(COMMENT + COMMENT + EVENT);
  });

  it('that fails late ends with an error event, and has cost nothing', async () => {
    const call = started();
    const kept = keptAlive(late(20_000, fails), call);
    await vi.advanceTimersByTimeAsync(15_000);
    const text = (await kept).text();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await text).toBe(`${COMMENT}\ndata: ${JSON.stringify(failure.body)}\n\n`);
    expect(call.outcome.error).toBe(failure.code);
    expect(call.outcome.bodyDone).toBeUndefined();
  });

  it('whose client leaves before its first event is no failure of the host', async () => {
    const call = started();
    const kept = keptAlive(
      late(100_000, () => new Response(EVENT)),
      call,
    );
    await vi.advanceTimersByTimeAsync(15_000);
    const answer = await kept;
    const { bodyDone } = call.outcome;
    await answer.body?.cancel();
    await vi.advanceTimersByTimeAsync(15_000);
    await bodyDone;
    expect(call.outcome.error).toBe('client_closed_request');
  });

  it('does not begin before its request has been received', async () => {
    const kept = keptAlive(
      late(50_000, fails),
      started(),
      late(40_000, () => {}),
    );
    const seen = expect(kept).rejects.toBe(failure);
    await vi.advanceTimersByTimeAsync(50_000);
    await seen;
  });
});
