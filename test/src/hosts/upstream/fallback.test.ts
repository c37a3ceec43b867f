import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type ErrorCode } from '../../../../src/base/errors.ts';
import { resetIsolate, stateOf } from '../../../../src/base/isolate-state.ts';
import type { Call } from '../../../../src/call/call.ts';
import { origin } from '../../../../src/call/hosts.ts';
import type { Target } from '../../../../src/call/tasks.ts';
import { noteFailure } from '../../../../src/hosts/upstream/breaker.ts';
import { type FailureDetails, type FailureReason, UpstreamFailure } from '../../../../src/hosts/upstream/failure.ts';
import { firstThatAnswers } from '../../../../src/hosts/upstream/fallback.ts';
import { callFor } from '../../../support/call.ts';

const [a, b, c] = ['a', 'b', 'c'].map((upstreamModel): Target => ({ host: origin, upstreamModel })) as [
  Target,
  Target,
  Target,
];
const fail = (reason: FailureReason, details: FailureDetails = {}) =>
  Promise.reject(new UpstreamFailure(reason, reason, details));
const call = () => callFor('text-generation');

/** Runs a chain with an answer or failure for each target. @returns the tried targets and the result */
async function run(answers: Record<string, (call: Call) => Promise<string>>, targets = [a, b, c], with_ = call()) {
  const tried: string[] = [];
  const answer = firstThatAnswers({ targets }, with_, (target, its) => {
    tried.push(target.upstreamModel);
    return (answers[target.upstreamModel] ?? (async () => target.upstreamModel))(its);
  });
  const outcome = await answer.catch((error: ApiError) => error.code);
  return { tried, outcome, report: with_.report };
}

beforeEach(() => {
  resetIsolate('failing-targets');
  vi.useRealTimers();
});

describe('a chain of targets', () => {
  it('is answered by the first, and reports it', async () => {
    expect(await run({})).toMatchObject({ tried: ['a'], outcome: 'a', report: { target: 'origin/a' } });
  });

  it.each([
    'server-error',
    'unreachable',
    'unauthorized',
    'headers-timeout',
    'no-credit',
    'invalid-answer',
    'redirect',
    'cold',
    'rate-limited',
  ] as const)('moves on after %s', async (reason) => {
    expect(await run({ a: () => fail(reason) })).toMatchObject({
      tried: ['a', 'b'],
      outcome: 'b',
      report: { target: 'origin/b' },
    });
  });

  it.each(['upstream_total_timeout', 'client_closed_request', 'invalid_picture', 'insufficient_quota'] as const)(
    'ends with %s, since another target would fail in the same way',
    async (code: ErrorCode) => {
      const failed = () => Promise.reject(new ApiError(code, code));
      expect(await run({ a: failed })).toMatchObject({ tried: ['a'], outcome: code });
    },
  );

  it('ends if the host rejects the request', async () => {
    expect(await run({ a: () => fail('rejected') })).toMatchObject({ tried: ['a'], outcome: 'upstream_rejected' });
  });

  it('ends with the last failure if all fail', async () => {
    const all = {
      a: () => fail('server-error'),
      b: () => fail('model-missing'),
      c: () => fail('unauthorized'),
    };
    expect(await run(all)).toMatchObject({ tried: ['a', 'b', 'c'], outcome: 'upstream_unauthorized' });
  });

  it('retries a host that asked to wait after all others have failed', async () => {
    const waits: Call['waited'][] = [];
    const waiting = ({ waited }: Call) => {
      waits.push(waited);
      return waited ? Promise.resolve('a') : fail('rate-limited', { retryAfterSeconds: 0 });
    };
    const others = { b: () => fail('server-error'), c: () => fail('model-missing') };
    const start = Date.now();
    expect(await run({ a: waiting, ...others })).toMatchObject({ tried: ['a', 'b', 'c', 'a'], outcome: 'a' });
    // What was waited counts towards the limit of the request that follows.
    const [first, second] = waits;
    expect(first).toBeUndefined();
    expect(second?.since).toBeGreaterThanOrEqual(start);
    expect(second?.milliseconds).toBeGreaterThan(0);
  });

  it('retries no host that may have run the request, even if it asked to wait', async () => {
    const all = { a: () => fail('server-error', { retryAfterSeconds: 0 }), b: () => fail('unreachable') };
    expect(await run(all, [a, b])).toMatchObject({ tried: ['a', 'b'], outcome: 'upstream_unreachable' });
  });

  it('answers 429 if a host asks for a longer wait than the limit', async () => {
    const waiting = () => fail('rate-limited', { retryAfterSeconds: 20 });
    const all = { a: waiting, b: () => fail('unreachable') };
    const start = Date.now();
    expect(await run(all, [a, b])).toMatchObject({ tried: ['a', 'b'], outcome: 'upstream_rate_limited' });
    // It would have been 20 s.
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  it('tries no target after the request was given up', async () => {
    const left = call();
    left.cancellation.cancel(new ApiError('client_closed_request', ''));
    expect(await run({}, [a, b], left)).toMatchObject({ tried: [], outcome: 'client_closed_request' });
  });

  it('runs each attempt as a part of the request, so that its connection can be closed', async () => {
    const parts: boolean[] = [];
    const note = async (its: Call) => {
      parts.push(its.cancellation.isPart);
      return 'x';
    };
    await run({ a: note }, [a, b]);
    await run({ a: note }, [a]);
    expect(parts).toEqual([true, false]);
  });
});

describe('a target that keeps failing', () => {
  const down = { a: () => fail('server-error') };

  it('is tried last for a while, then probed once, and tried first again when it answers', async () => {
    vi.useFakeTimers();
    for (let i = 0; i < 5; i++) expect((await run(down)).tried).toEqual(['a', 'b']);
    expect((await run(down)).tried).toEqual(['b']);
    vi.advanceTimersByTime(10_001);
    expect((await run(down)).tried).toEqual(['a', 'b']);
    expect((await run(down)).tried).toEqual(['b']);
    vi.advanceTimersByTime(10_001);
    expect((await run({})).tried).toEqual(['a']);
    expect((await run({})).tried).toEqual(['a']);
  });

  it('is probed by one request at a time', async () => {
    vi.useFakeTimers();
    for (let i = 0; i < 5; i++) await run(down);
    vi.advanceTimersByTime(10_001);
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = run({ a: () => promise });
    expect((await run({})).tried).toEqual(['b']);
    resolve('a');
    expect(await probe).toMatchObject({ tried: ['a'], outcome: 'a' });
  });

  it('is not one that rejects requests', async () => {
    for (let i = 0; i < 6; i++) expect((await run({ a: () => fail('rejected') })).tried).toEqual(['a']);
    expect((stateOf('failing-targets') as Map<string, unknown>).size).toBe(0);
  });

  it('is forgotten if too many others fail, since callers can name any model', () => {
    for (let i = 0; i < 10_000; i++) noteFailure({ host: origin, upstreamModel: `model-${i}` });
    expect((stateOf('failing-targets') as Map<string, unknown>).size).toBeLessThanOrEqual(256);
  });

  it('is never skipped: if all rest, all are tried', async () => {
    const all = { a: () => fail('server-error'), b: () => fail('server-error') };
    for (let i = 0; i < 7; i++) expect((await run(all, [a, b])).tried.toSorted()).toEqual(['a', 'b']);
    for (let i = 0; i < 7; i++) expect((await run(down, [a])).tried).toEqual(['a']);
  });
});
