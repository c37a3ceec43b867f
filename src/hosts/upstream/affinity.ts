import { isolateState } from '../../base/isolate-state.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import type { ChatTarget, JsonObject, TextModel } from '../../call/tasks.ts';
import { nameOf } from './breaker.ts';
import { UpstreamFailure } from './failure.ts';
import { firstThatAnswers } from './fallback.ts';
import { sessionName } from './session-name.ts';

/**
 * Hosts keep prompt caches of their own: a conversation that stays at one host does not pay for its earlier
 * turns in full again. Kept in the isolate: another one can choose another host.
 */

/** Since the last answer: about as long as hosts keep what they have read. */
const KEPT_MS = 5 * 60_000;
const MAX_SESSIONS = 5_000;

interface Kept {
  /** By the name of its target. */
  readonly target: string;
  /** Of those that the target, a router, chooses from. */
  readonly provider: string | undefined;
  readonly until: number;
}

/** A Map keeps the order of insertion: the first is the longest unused. */
const sessions = isolateState('session-targets', () => new Map<string, Kept>());

/** What routers call their providers; nothing else becomes a part of a model's name. */
const PROVIDER = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** A request for text, and the model that it asks. */
export interface Asked {
  readonly model: Pick<TextModel, 'id' | 'targets'>;
  readonly body: JsonObject;
}

/**
 * Runs a request as `firstThatAnswers`, first at the target that answered its session last. A target that
 * rests stays behind the others, and one that fails is followed by the next, which the session then stays at.
 *
 * @throws ApiError as `firstThatAnswers`
 */
export async function answerInSession<Answer>(
  { model: { id, targets }, body }: Asked,
  call: Call,
  run: (target: ChatTarget, call: Call) => Promise<Answer>,
): Promise<Answer> {
  const [only] = targets;
  // Nearly always: there is nothing to choose.
  if (only && targets.length === 1 && !only.at) return firstThatAnswers({ targets }, call, run);
  const name = await sessionName(id, body, call);
  if (name === undefined) return firstThatAnswers({ targets }, call, run);
  const kept = recall(name);
  const known = kept && targetOf(kept, targets);
  const chain = known ? [known, ...targets.filter((target) => nameOf(target) !== nameOf(known))] : targets;
  return firstThatAnswers({ targets: chain }, call, async (target, its) => {
    let provider: string | undefined;
    const answeredBy = (said: string) => {
      provider = PROVIDER.test(said) ? said : undefined;
    };
    try {
      const answer = await run(target, deriveCall(its, { answeredBy }));
      if (target === known) keep(name, kept as Kept);
      else keep(name, { target: nameOf(target), provider: target.at && provider });
      return answer;
    } catch (error) {
      if (target === known && error instanceof UpstreamFailure) sessions.delete(name);
      throw error;
    }
  });
}

/** @returns undefined if it is not available any more */
function targetOf({ target: name, provider }: Kept, targets: readonly ChatTarget[]): ChatTarget | undefined {
  const target = targets.find((other) => nameOf(other) === name);
  return provider === undefined ? target : target?.at?.(provider);
}

function recall(name: string): Kept | undefined {
  const kept = sessions.get(name);
  return kept && kept.until > Date.now() ? kept : undefined;
}

function keep(name: string, { target, provider }: Omit<Kept, 'until'>): void {
  sessions.delete(name);
  sessions.set(name, { target, provider, until: Date.now() + KEPT_MS });
  const [oldest] = sessions.keys();
  if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
}
