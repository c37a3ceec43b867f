import { createHash, createHmac } from 'node:crypto';
import type { KeyRecord } from '../src/access/key-record.ts';

/** The callers whose cost is measured: a key of the store, with and without limits, and a client token. */

const SECRET = 'a-secret-of-the-benchmark-that-is-long-enough';
export const TOKEN_SECRETS = `bench:${SECRET}`;

const WIDE = 1e9;

const KEYS = {
  key: {},
  /** Wide limits: a message to the object that counts for each 5,000 requests, and every two seconds. */
  leased: { requests_per_minute: WIDE, usd_per_day: WIDE },
  /** A narrow limit that eight connections never reach: two messages for each request. */
  exact: { concurrent_requests: 50 },
} satisfies Record<string, KeyRecord['limits']>;

export type CallerName = keyof typeof KEYS | 'token';

export function authorizationOf(caller: CallerName): string {
  return `Bearer ${caller === 'token' ? TOKEN : keyOf(caller)}`;
}

/** Writes the records of the keys, as `npm run keys` does. */
export async function storeKeys(kvPort: number): Promise<void> {
  for (const [name, limits] of Object.entries(KEYS)) {
    const digest = createHash('sha256').update(keyOf(name)).digest('base64url');
    const record: KeyRecord = { id: name, name, scopes: ['text'], models: 'all', limits, created_at: 0 };
    const url = `http://127.0.0.1:${kvPort}/${encodeURIComponent(`key:v1:${digest}`)}`;
    await fetch(url, { method: 'PUT', body: JSON.stringify(record) });
  }
}

const keyOf = (name: string) => `ced_${createHash('sha256').update(name).digest('base64url')}`;

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(claims: object): string {
  const signed = `${part({ alg: 'HS256', typ: 'JWT', kid: 'bench' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

const now = Math.floor(Date.now() / 1000);
const TOKEN = sign({ iss: 'cedalion', aud: 'cedalion', iat: now, exp: now + 86_400, sub: 'bench', by: 'operator' });
