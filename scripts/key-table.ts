import type { KeyRecord } from '../src/access/key-record.ts';

/** Keys as a table for the terminal. @param now Unix time in seconds */
export function table(records: readonly KeyRecord[], now: number): string {
  if (records.length === 0) return 'There are no keys. Create one: npm run keys -- create --name ios-app --scopes text';
  const rows = records
    .toSorted((a, b) => a.id.localeCompare(b.id) || a.created_at - b.created_at)
    .map(({ id, scopes, models, limits, vector_cache = 'shared', cache_seconds, created_at, expires_at }) => [
      id,
      scopes.join(','),
      models === 'all' ? 'all' : models.join(','),
      Object.entries(limits)
        .map(([name, limit]) => `${name.replaceAll('_', ' ')}: ${limit}`)
        .join('; ') || 'none',
      vector_cache,
      cache_seconds === undefined ? 'if asked' : `${cache_seconds} s`,
      day(created_at),
      expires_at === undefined ? 'never' : expires_at <= now ? 'expired' : day(expires_at),
    ]);
  const all = [['id', 'scopes', 'models', 'limits', 'vectors', 'answers', 'created', 'expires'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
