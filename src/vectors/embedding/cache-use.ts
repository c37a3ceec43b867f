/** Whether a request reads and writes the cache, only writes it, or does neither. */
export type CacheUse = 'full' | 'refresh' | 'none';

/**
 * What a request's `Cache-Control` asks of the cache of embeddings (RFC 9111, 5.2.1): `no-cache` to refresh
 * it, `no-store` to leave it alone.
 */
export function cacheUseOf(headers: Headers): CacheUse {
  const asked = headers.get('cache-control');
  if (asked === null) return 'full';
  if (/\bno-store\b/i.test(asked)) return 'none';
  return /\bno-cache\b/i.test(asked) ? 'refresh' : 'full';
}
