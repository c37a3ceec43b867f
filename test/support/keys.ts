import type { KeyRecord } from '../../src/access/key-record.ts';
import { nameOfKey } from '../../src/access/key-records.ts';
import { bindings } from './worker.ts';

/** Stores a key as `npm run keys` does. @returns the key */
export async function createKey(record: Partial<KeyRecord> = {}): Promise<string> {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const key = `ced_${random.toBase64({ alphabet: 'base64url', omitPadding: true })}`;
  const whole: KeyRecord = {
    id: `k${crypto.randomUUID().slice(0, 8)}`,
    name: 'test',
    scopes: ['text', 'embeddings', 'images', 'audio'],
    models: 'all',
    limits: {},
    created_at: 1,
    ...record,
  };
  await bindings.KEYS?.put(`key:v1:${await nameOfKey(key)}`, JSON.stringify(whole));
  return key;
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
