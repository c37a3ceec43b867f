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
  /** Unix time in seconds. */
  readonly created_at: number;
  readonly expires_at?: number | undefined;
}
