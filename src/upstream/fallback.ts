import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { Target } from '../tasks.ts';
import { nameOf, noteFailure, noteSuccess, restingLast } from './breaker.ts';
import { isTargetsOwn } from './failure.ts';
import { raceWhenSlow } from './hedge.ts';
import { noteLatency } from './latency.ts';

/** What a request may be answered by. */
export interface Chain<T extends Target> {
  readonly targets: readonly T[];
  /** Where set, the second target is started when the first is slower than usual. */
  readonly hedge?: boolean;
}

/**
 * Runs a request against the first target that can answer it. A failure of the target's own moves on to the next; a
 * failure of the request (a bad parameter, say) is the answer.
 *
 * @throws ApiError the last target's failure.
 */
export async function firstThatAnswers<T extends Target, Answer>(
  { targets, hedge }: Chain<T>,
  call: Call,
  run: (target: T, call: Call) => Promise<Answer>,
): Promise<Answer> {
  // A request that is given up for another target must not hold one of the few connections that a request may wait for.
  if (targets.length > 1) call.cancellation.abortable = true;
  const ordered = restingLast(targets);
  const [first, second] = ordered;
  let rest: readonly T[] = ordered;
  let last: unknown;
  if (hedge && first && second) {
    try {
      return await raceWhenSlow(first, second, call, (target, its) => attempt(target, its, run));
    } catch (error) {
      if (!movesOn(error)) throw error;
      last = error;
      rest = ordered.slice(2);
    }
  }
  for (const target of rest) {
    if (call.cancellation.reason) throw call.cancellation.reason;
    try {
      return await attempt(target, call, run);
    } catch (error) {
      if (!movesOn(error)) throw error;
      last = error;
    }
  }
  throw last;
}

/** Runs a request against one target, and notes how it did. */
async function attempt<T extends Target, Answer>(
  target: T,
  call: Call,
  run: (target: T, call: Call) => Promise<Answer>,
): Promise<Answer> {
  const start = Date.now();
  try {
    const onHeaders = () => {
      noteLatency(target, Date.now() - start);
      call.onHeaders?.();
    };
    const answer = await run(target, { ...call, onHeaders });
    call.report.target = nameOf(target);
    noteSuccess(target);
    return answer;
  } catch (error) {
    // A request that was given up says nothing of its target.
    if (!call.cancellation.reason) call.report.target = nameOf(target);
    if (movesOn(error)) noteFailure(target);
    throw error;
  }
}

function movesOn(error: unknown): boolean {
  return error instanceof ApiError && isTargetsOwn(error);
}
