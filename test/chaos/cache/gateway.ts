import { createHash, randomBytes } from 'node:crypto';
import type { KeyRecord } from '../../../src/access/key-record.ts';
import { startGateway } from '../../support/gateway.ts';

/** A gateway with a cache, and callers that must not see each other's answers. */
export interface CachingGateway {
  /** Without a slash at its end. */
  readonly url: string;
  readonly modelPrefix: string;
  /** Two keys, and one that is not valid any more. */
  readonly keys: { readonly one: string; readonly two: string; readonly revoked: string };
  /** What Cedalion has and others need not have: two users of one key, a key without budget, a deletion. */
  readonly more?: {
    readonly users: readonly string[];
    readonly empty: string;
    /** A key of its own: the other checks, which run beside this one, would miss what it deletes. */
    readonly deleting: string;
    deletes(key: string): Promise<void>;
  };
  /** Headers that turn the cache on for some seconds. */
  headers(seconds: number): Record<string, string>;
  /** Headers that ask the host again, and store. */
  readonly refresh: Record<string, string>;
}

export interface OtherGateway {
  readonly url: string;
  readonly key: string;
  readonly otherKey: string;
  readonly revokedKey: string;
  readonly modelPrefix: string;
  /** `{ttl}` in a value stands for seconds. */
  readonly headers: Readonly<Record<string, string>>;
}

export function otherGateway({ url, modelPrefix, headers, ...keys }: OtherGateway): CachingGateway {
  return {
    url,
    modelPrefix,
    keys: { one: keys.key, two: keys.otherKey, revoked: keys.revokedKey },
    headers: (seconds) =>
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replaceAll('{ttl}', `${seconds}`)]),
      ),
    refresh: { 'cache-control': 'no-cache' },
  };
}

/** Starts Cedalion as it is deployed, with two keys, two users of the first, and a key without budget. */
export async function startCachingCedalion(hostUrl: string): Promise<CachingGateway & { stop(): Promise<void> }> {
  const gateway = await startGateway({ OPENAI_BASE_URL: `${hostUrl}/v1`, OPENAI_API_KEY: 'sk-host' });
  const records = await gateway.miniflare.getKVNamespace('KEYS');
  const create = async (id: string, limits: KeyRecord['limits'] = {}) => {
    const key = `ced_${randomBytes(32).toString('base64url')}`;
    const record: KeyRecord = { id, name: id, scopes: ['text'], models: 'all', limits, created_at: 1 };
    const name = `key:v1:${createHash('sha256').update(key).digest('base64url')}`;
    await records.put(name, JSON.stringify(record));
    return key;
  };
  const one = await create('one');
  const token = async (subject: string) => {
    const answer = await fetch(`${gateway.url}/v1/client_secrets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${one}`, 'content-type': 'application/json' },
      body: JSON.stringify({ subject }),
    });
    return ((await answer.json()) as { value: string }).value;
  };
  return {
    url: gateway.url,
    modelPrefix: 'openai/',
    keys: { one, two: await create('two'), revoked: `ced_${randomBytes(32).toString('base64url')}` },
    more: {
      users: [await token('a'), await token('b')],
      // Enough for some answers of twelve tokens.
      empty: await create('empty', { tokens_per_day: 400 }),
      deleting: await create('deleting'),
      async deletes(key) {
        await fetch(`${gateway.url}/v1/cache`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } });
      },
    },
    headers: (seconds) => ({ 'x-cedalion-cache': `${seconds}` }),
    refresh: { 'cache-control': 'no-cache' },
    stop: () => gateway.stop(),
  };
}
