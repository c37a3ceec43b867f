import { abortError, type Call } from './call.ts';
import { ApiError } from './errors.ts';
import type { Target } from './types.ts';
import { isTargetsOwn } from './upstream-failure.ts';

/**
 * Runs a request against the first target that can answer it. A failure of the target's own moves on to the next; a
 * failure of the request (a bad parameter, say) is the answer.
 *
 * @throws ApiError the last target's failure.
 */
export async function firstThatAnswers<T extends Target, Answer>(
  targets: readonly T[],
  call: Call,
  run: (target: T) => Promise<Answer>,
): Promise<Answer> {
  let last: unknown;
  for (const target of targets) {
    if (call.signal.aborted) throw abortError(call);
    call.report.target = `${target.host.name}/${target.upstreamModel}`;
    try {
      return await run(target);
    } catch (error) {
      if (!(error instanceof ApiError) || !isTargetsOwn(error)) throw error;
      last = error;
    }
  }
  throw last;
}
