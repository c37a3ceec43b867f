import { type Call, deriveCall } from '../../call/call.ts';
import { sleep } from '../../call/sleep.ts';
import type { Target } from '../../call/tasks.ts';
import { nameOf, noteFailure, noteSuccess, restingLast } from './breaker.ts';
import { movesOn, type UpstreamFailure } from './failure.ts';
import { retryDelay } from './retry.ts';

type Run<T extends Target, Answer> = (target: T, call: Call) => Promise<Answer>;

/**
 * Runs a request at the first target that can answer it. After a failure of the target the next one is tried;
 * a failure of the request (an invalid parameter, say) is the answer. If no target answers, the first that
 * only asked to wait is asked again, within the limits of its waits.
 *
 * @throws ApiError the failure of the last target, or of the one that asked to wait
 */
export async function firstThatAnswers<T extends Target, Answer>(
  { targets }: { readonly targets: readonly T[] },
  call: Call,
  run: Run<T, Answer>,
): Promise<Answer> {
  const [only] = targets;
  if (only && targets.length === 1) return attempt(only, call, run);
  const since = Date.now();
  let waiting: { target: T; failure: UpstreamFailure } | undefined;
  let last: unknown;
  for (const target of restingLast(targets)) {
    if (call.cancellation.reason) throw call.cancellation.reason;
    try {
      // A part of its own: a request that is given up must not hold one of the few connections that may wait.
      return await attempt(
        target,
        deriveCall(call, { cancellation: call.cancellation.part(), hasAlternative: true }),
        run,
      );
    } catch (error) {
      if (!movesOn(error)) throw error;
      last = error;
      // Only a host that refused the request: after any other failure it could be run, and paid, twice.
      if (error.asksToWait && error.handling.retry === 'refused') waiting ??= { target, failure: error };
    }
  }
  if (!waiting) throw last;
  const delay = retryDelay(waiting.failure, { count: 1, since, waited: 0, once: false }, call);
  if (delay === undefined) throw waiting.failure;
  await sleep(delay, call);
  return attempt(waiting.target, deriveCall(call, { waited: { since, milliseconds: delay } }), run);
}

/** Runs a request at one target, and notes the result. */
async function attempt<T extends Target, Answer>(target: T, call: Call, run: Run<T, Answer>): Promise<Answer> {
  try {
    const answer = await run(target, call);
    call.report.target = nameOf(target);
    noteSuccess(target);
    return answer;
  } catch (error) {
    call.report.target = nameOf(target);
    if (movesOn(error)) {
      noteFailure(target);
      call.report.failed = { ...call.report.failed, [nameOf(target)]: error.code };
    }
    throw error;
  }
}
