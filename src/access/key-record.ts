import type { Limits } from '../base/limits.ts';
import type { Scope } from '../base/scopes.ts';

/**
 * A key that `npm run keys` created. KV holds the record under the SHA-256 of the key, and never the key:
 * `key:v1:<digest>`, see docs/storage.md.
 */
export interface KeyRecord {
  /** Stays the same when the key is rotated. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly models: 'all' | readonly string[];
  readonly limits: Limits;
  /** Since when its limits are counted, and those of its tokens, if they were reset. Unix time in seconds. */
  readonly limits_reset_at?: number | undefined;
  /**
   * Whether it has a cache of vectors of its own. Without it, hits tell that somebody has embedded the same
   * text.
   */
  readonly vector_cache?: 'private' | undefined;
  /** For how many seconds answers are cached, if a request does not say. */
  readonly cache_seconds?: number | undefined;
  /** Unix time in seconds. */
  readonly created_at: number;
  readonly expires_at?: number | undefined;
}
