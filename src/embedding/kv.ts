import type { Report } from '../call/call.ts';

/** Most keys of one bulk read. Source: https://developers.cloudflare.com/kv/api/read-key-value-pairs/ */
const BULK_KEYS = 100;
/** Past this a cache no longer saves time. */
const READ_LIMIT_MS = 1_000;

/**
 * Reads many keys, 100 to an operation. A cache that fails is a cache that is empty: whatever cannot be read, in time,
 * is missing from the answer, and the report says so.
 */
export async function readMany(kv: KVNamespace, keys: readonly string[], report: Report): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const batches: string[][] = [];
  for (let start = 0; start < keys.length; start += BULK_KEYS) batches.push(keys.slice(start, start + BULK_KEYS));
  await Promise.all(
    batches.map(async (batch) => {
      try {
        const values = await inTime(kv.get(batch, 'text'));
        for (const [key, value] of values) if (typeof value === 'string') found.set(key, value);
      } catch {
        report.cacheFailures = (report.cacheFailures ?? 0) + 1;
      }
    }),
  );
  return found;
}

/** Writes one key. Never throws: what is not stored will be a miss. */
export async function write(
  kv: KVNamespace,
  key: string,
  value: string,
  ttlSeconds: number,
  report: Report,
): Promise<void> {
  try {
    await kv.put(key, value, { expirationTtl: ttlSeconds });
  } catch {
    report.cacheFailures = (report.cacheFailures ?? 0) + 1;
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, READ_LIMIT_MS, new Error('KV took too long'));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
