import { settlesWithin } from '../base/with-timeout.ts';
import type { Env } from '../settings/settings.ts';
import { addressOf } from './run-address.ts';
import type { RunStatus } from './run-record.ts';

/** A list is read by somebody who waits. */
const LIMIT_MS = 2_000;

type Answer = RunStatus | 'not found';

/**
 * Asks the object of a run for its status. A run whose process died ends, or is executed again, when its
 * object loads.
 *
 * @returns undefined if it does not say so in time. Never rejects
 */
export async function askStatus(id: string, env: Env): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  const ask = async () => {
    const stub = addressOf(id, env).stub as unknown as { statusOf(id: string): Promise<Answer> };
    answer = await stub.statusOf(id);
  };
  await settlesWithin(ask(), LIMIT_MS).catch(() => {});
  return answer;
}
