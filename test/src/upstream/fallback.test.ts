import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Call, followClient } from '../../../src/call/call.ts';
import type { Cancellation } from '../../../src/call/cancellation.ts';
import { ApiError, type ErrorCode } from '../../../src/errors.ts';
import { origin } from '../../../src/hosts.ts';
import type { Target } from '../../../src/tasks.ts';
import { forgetFailures } from '../../../src/upstream/breaker.ts';
import { firstThatAnswers } from '../../../src/upstream/fallback.ts';
import { forgetLatencies, noteLatency } from '../../../src/upstream/latency.ts';
import { callFor } from '../../support/call.ts';

const [a, b, c] = ['a', 'b', 'c'].map((upstreamModel): Target => ({ host: origin, upstreamModel })) as [
  Target,
  Target,
  Target,
];
const fail = (code: ErrorCode) => Promise.reject(new ApiError(code, code));
const call = () => callFor('text-generation');

/** Runs a chain with an answer or failure for each target. @returns which were tried, and what came of it */
async function run(answers: Record<string, () => Promise<string>>, targets = [a, b, c], with_ = call(), hedge = false) {
  const tried: string[] = [];
  const answer = firstThatAnswers({ targets, hedge }, with_, (target) => {
    tried.push(target.upstreamModel);
    return (answers[target.upstreamModel] ?? (async () => target.upstreamModel))();
  });
  const outcome = await answer.catch((error: ApiError) => error.code);
  return { tried, outcome, report: with_.report };
}

beforeEach(() => {
  forgetFailures();
  forgetLatencies();
  vi.useRealTimers();
});

describe('a chain of targets', () => {
  it('is answered by the first, and says which', async () => {
    expect(await run({})).toMatchObject({ tried: ['a'], outcome: 'a', report: { target: 'origin/a' } });
  });

  it.each([
    'upstream_error',
    'upstream_unreachable',
    'upstream_unauthorized',
    'upstream_headers_timeout',
    'insufficient_quota',
    'upstream_invalid_answer',
  ] as const)('moves on from %s', async (code) => {
    expect(await run({ a: () => fail(code) })).toMatchObject({
      tried: ['a', 'b'],
      outcome: 'b',
      report: { target: 'origin/b' },
    });
  });

  it.each(['upstream_rejected', 'upstream_total_timeout', 'client_closed_request', 'invalid_picture'] as const)(
    'stays with %s, which another target would say too',
    async (code) => {
      expect(await run({ a: () => fail(code) })).toMatchObject({ tried: ['a'], outcome: code });
    },
  );

  it('ends with the last failure where all fail', async () => {
    const all = {
      a: () => fail('upstream_error'),
      b: () => fail('upstream_cold'),
      c: () => fail('upstream_unauthorized'),
    };
    expect(await run(all)).toMatchObject({ tried: ['a', 'b', 'c'], outcome: 'upstream_unauthorized' });
  });

  it('tries nobody for a client that has left', async () => {
    const left = callFor('text-generation', {}, { client: () => AbortSignal.abort() });
    followClient(left);
    expect(await run({}, [a], left)).toMatchObject({
      tried: [],
      outcome: 'client_closed_request',
    });
  });
});

describe('a target that keeps failing', () => {
  const down = { a: () => fail('upstream_error') };

  it('is tried last for a while, then probed once, and first again when it answers', async () => {
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

  it('is never left out: where all rest, all are tried', async () => {
    const all = { a: () => fail('upstream_error'), b: () => fail('upstream_error') };
    for (let i = 0; i < 7; i++) expect((await run(all, [a, b])).tried.toSorted()).toEqual(['a', 'b']);
    for (let i = 0; i < 7; i++) expect((await run(down, [a])).tried).toEqual(['a']);
  });
});

describe('hedging', () => {
  const usually = (milliseconds: number) => {
    for (let i = 0; i < 30; i++) noteLatency(a, milliseconds);
  };
  const later = (value: string, milliseconds: number) => () =>
    new Promise<string>((resolve) => setTimeout(resolve, milliseconds, value));

  it('starts the second target when the first is slower than usual, and takes the first answer', async () => {
    usually(20);
    expect(await run({ a: later('a', 2_000) }, [a, b], call(), true)).toMatchObject({
      tried: ['a', 'b'],
      outcome: 'b',
      report: { target: 'origin/b' },
    });
  });

  it('leaves a target alone that is as quick as usual', async () => {
    usually(500);
    expect((await run({ a: later('a', 10) }, [a, b], call(), true)).tried).toEqual(['a']);
  });

  it('starts nothing where it does not know what is usual, or where nobody asked for it', async () => {
    expect((await run({ a: later('a', 60) }, [a, b], call(), true)).tried).toEqual(['a']);
    usually(5);
    expect((await run({ a: later('a', 60) }, [a, b], call(), false)).tried).toEqual(['a']);
  });

  it('leaves a target alone that has sent its headers', async () => {
    usually(30);
    const tried: string[] = [];
    await firstThatAnswers({ targets: [a, b], hedge: true }, call(), async (target, its: Call) => {
      tried.push(target.upstreamModel);
      its.onHeaders?.();
      return later('a', 120)();
    });
    expect(tried).toEqual(['a']);
  });

  it('starts nobody else for a client that has left', async () => {
    usually(500);
    const client = new AbortController();
    const tried: string[] = [];
    const left = callFor('text-generation', {}, { client: () => client.signal });
    const hangs = firstThatAnswers({ targets: [a, b], hedge: true }, left, (target, its: Call) => {
      tried.push(target.upstreamModel);
      followClient(its);
      return its.cancellation.race(new Promise<string>(() => {}));
    });
    setTimeout(() => client.abort(), 20);
    await expect(hangs).rejects.toMatchObject({ code: 'client_closed_request' });
    expect(tried).toEqual(['a']);
  });

  it('aborts the loser, and never the winner', async () => {
    usually(20);
    const given = new Map<string, Cancellation>();
    await firstThatAnswers({ targets: [a, b], hedge: true }, call(), (target, its: Call) => {
      given.set(target.upstreamModel, its.cancellation);
      return later(target.upstreamModel, target === a ? 500 : 10)();
    });
    expect(given.get('a')).toMatchObject({ abortable: true, reason: expect.anything() });
    expect(given.get('b')).toMatchObject({ abortable: true, reason: undefined });
  });

  it('falls back as ever where the first fails, and goes on to a third where both do', async () => {
    expect(await run({ a: () => fail('upstream_error') }, [a, b], call(), true)).toMatchObject({ outcome: 'b' });
    usually(10);
    const both = { a: () => later('', 40)().then(() => fail('upstream_error')), b: () => fail('upstream_error') };
    expect(await run(both, [a, b, c], call(), true)).toMatchObject({ outcome: 'c' });
  });
});
