import { isolateState } from '../base/isolate-state.ts';
import { withTimeout } from '../base/with-timeout.ts';
import type { Call } from '../call/call.ts';
import { type Grant, type LimiterMessage, readGrant } from './limiter-message.ts';

/** Then a message is lost. Until then it may still arrive: sending its content again would count it twice. */
const LOST_MS = 20_000;

/** This isolate, to the objects that count: a new one has reserved nothing. */
const own = isolateState('isolate-id', () => ({ isolateId: undefined as string | undefined }));

/** A Limiter, as its callers see it. */
type Stub = { exchange(message: LimiterMessage): Promise<Grant> };

/**
 * Sends one message to the object that counts.
 *
 * @param name of the object
 * @throws Error if there is no sound answer within 20 s
 */
export async function askLimiter(
  name: string,
  message: Omit<LimiterMessage, 'isolateId'>,
  { env, deadlines }: Call,
): Promise<Grant> {
  own.isolateId ??= crypto.randomUUID();
  const { LIMITS } = env;
  if (!LIMITS) throw new Error('The binding LIMITS is missing.');
  const stub = LIMITS.getByName(name) as unknown as Stub;
  const answer = stub.exchange({ isolateId: own.isolateId, ...message });
  const late = () => {
    throw new Error('The message is lost.');
  };
  return readGrant(await withTimeout(answer, { ms: LOST_MS, late, timers: deadlines }));
}
