import { digest } from '../base/bytes/digest.ts';
import { unavailable } from '../base/errors.ts';
import { isolateState } from '../base/isolate-state.ts';
import { isLimits } from '../base/limits.ts';
import { withTimeout } from '../base/with-timeout.ts';
import type { Env } from '../settings/settings.ts';
import { type Caller, counterName } from './caller.ts';
import type { KeyRecord } from './key-record.ts';

/** The characters after the prefix are 32 random bytes as base64url. */
export const KEY_PATTERN = /^ced_[A-Za-z0-9_-]{43}$/;

/**
 * A revoked key works for at most 60 s: KV serves a value for 30 s before it looks for a newer one, which is
 * the shortest time that it allows; records are kept here for 20 s, and authenticated headers in
 * authenticate.ts for 10 s.
 */
const KV_SECONDS = 30;
const KEPT_MS = 20_000;
const READ_LIMIT_MS = 5_000;
const MAX_KEPT = 10_000;

interface Kept {
  readonly record: KeyRecord | undefined;
  readonly until: number;
}

const kept = isolateState('key-records', () => new Map<string, Kept>());

/** @returns the digest by which the record of a key is found, also by the tokens that the key has issued */
export const nameOfKey = (key: string): Promise<string> => digest(key);

/**
 * Finds the record of a key.
 *
 * @returns undefined if there is none: the key is wrong, revoked or expired
 * @throws ApiError `keys_unavailable` if KV cannot be read
 */
export async function findKey(name: string, { KEYS }: Env): Promise<KeyRecord | undefined> {
  const now = Date.now();
  let entry = kept.get(name);
  if (!entry || entry.until <= now) {
    const record = KEYS && (await read(KEYS, `key:v1:${name}`));
    if (kept.size >= MAX_KEPT) kept.clear();
    entry = { record, until: now + KEPT_MS };
    kept.set(name, entry);
  }
  const { record } = entry;
  return record?.expires_at !== undefined && record.expires_at * 1000 <= now ? undefined : record;
}

async function read(kv: KVNamespace, key: string): Promise<KeyRecord | undefined> {
  try {
    const record = kv.get<KeyRecord>(key, { type: 'json', cacheTtl: KV_SECONDS });
    const late = () => {
      throw new Error('KV did not answer');
    };
    const found = (await withTimeout(record, { ms: READ_LIMIT_MS, late })) ?? undefined;
    // A limit that is no number would limit nothing.
    if (found && !isLimits(found.limits)) throw new Error('The record has limits that are none.');
    return found;
  } catch (cause) {
    throw unavailable('keys_unavailable', 'The store of API keys cannot be read now. Try again later.', { cause });
  }
}

/** @param name of the key, from `nameOfKey` */
export function callerOfKey(record: KeyRecord, name: string): Caller {
  const { id, scopes, models, limits, vector_cache: vectorCache } = record;
  const { limits_reset_at: countedSince, expires_at: expiresAt, cache_seconds: cacheSeconds } = record;
  const counter = counterName(`key:${id}`, countedSince);
  return {
    id: `key:${id}`,
    kind: 'key',
    account: id,
    issuer: name,
    scopes,
    models,
    limited: Object.keys(limits).length > 0 ? [{ name: counter, limits }] : [],
    countedSince,
    vectorCache,
    cacheSeconds,
    expiresAt,
  };
}
