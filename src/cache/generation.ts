import { unavailable } from '../base/errors.ts';
import { isolateState } from '../base/isolate-state.ts';
import { withTimeout } from '../base/with-timeout.ts';
import type { Call } from '../call/call.ts';

/**
 * The generation of an account is a part of the name of each of its answers: with the next one, nothing that
 * was stored is found. It is read as the record of a key is, so a new one holds everywhere within 60 s: KV
 * serves a value for 30 s before it looks for a newer one, and an isolate keeps it for 20 s. It is no field
 * of the record: a Worker that writes the record could undo a change that an operator makes at the same time.
 */
const KV_SECONDS = 30;
const KEPT_MS = 20_000;
const READ_LIMIT_MS = 1_000;
const MAX_KEPT = 10_000;

interface Kept {
  readonly generation: number;
  readonly until: number;
}

const kept = isolateState('cache-generations', () => new Map<string, Kept>());

const keyOf = (account: string) => `cache-generation:v1:${account}`;

/**
 * The generation of the caller's account: when its answers were last deleted, in milliseconds since 1970.
 *
 * @returns undefined if it cannot be read: nothing is cached then
 */
export function readGeneration(call: Call): number | undefined | Promise<number | undefined> {
  const known = kept.get(call.caller.account);
  return known && known.until > Date.now() ? known.generation : look(call, known?.generation ?? 0);
}

async function look(
  { caller: { account }, env: { KEYS }, deadlines }: Call,
  known: number,
): Promise<number | undefined> {
  // Without the store of keys there are only the operator's own, and nobody can delete.
  if (!KEYS) return known;
  try {
    const reading = KEYS.get(keyOf(account), { type: 'text', cacheTtl: KV_SECONDS });
    const late = () => {
      throw new Error('KV took too long');
    };
    const text = await withTimeout(reading, { ms: READ_LIMIT_MS, late, timers: deadlines });
    const stored = text === null ? 0 : Number(text);
    if (!Number.isSafeInteger(stored)) return undefined;
    // KV can answer with an older value than this isolate has written or seen.
    return remember(account, Math.max(stored, known));
  } catch {
    return undefined;
  }
}

/** Lets nothing be found of what is stored of an account. @throws ApiError `keys_unavailable` */
export async function raiseGeneration({ caller: { account }, env: { KEYS } }: Call): Promise<void> {
  const generation = Math.max(Date.now(), (kept.get(account)?.generation ?? 0) + 1);
  try {
    if (!KEYS) throw new Error('The binding KEYS is missing.');
    await KEYS.put(keyOf(account), String(generation));
  } catch (cause) {
    throw unavailable('keys_unavailable', 'The cache cannot be emptied now. Try again later.', { cause });
  }
  remember(account, generation);
}

function remember(account: string, generation: number): number {
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(account, { generation, until: Date.now() + KEPT_MS });
  return generation;
}
