import { runInDurableObject } from 'cloudflare:test';
import { bindings } from './worker.ts';

interface Row {
  readonly requests: number;
  readonly tokens: number;
  readonly images: number;
  readonly microUsd: number;
}

/** What the object of a limited caller has stored. */
export function limiterOf(name: string): Promise<{ days: Row[]; reserved: Row[] }> {
  const stub = bindings.LIMITS?.getByName(name) as DurableObjectStub;
  return runInDurableObject(stub, (_, { storage }) => {
    const rows = (table: string) => {
      const exists = storage.sql.exec('SELECT 1 FROM sqlite_master WHERE name = ?', table).toArray().length > 0;
      const counts = `SELECT requests, tokens, images, microUsd FROM ${table}`;
      return (exists ? storage.sql.exec(counts).toArray() : []) as unknown as Row[];
    };
    return { days: rows('day'), reserved: rows('holder') };
  });
}
