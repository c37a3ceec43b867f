/** What a key can be allowed to do. Each route requires one scope, or is explicitly `public`. */
export type Scope = 'text' | 'embeddings' | 'images' | 'models';
export type Access = Scope | 'public';

/** Who sent a request. */
export interface Caller {
  /** Stable for one caller, and safe to log and to store: not the key, and nothing that a key can be derived from. */
  readonly id: string;
  readonly scopes: 'all' | readonly Scope[];
}

/** A caller of a public route. */
export const ANONYMOUS: Caller = { id: 'anonymous', scopes: [] };
/** Whoever has one of the keys of API_KEYS: they are the operator's own. */
export const OPERATOR: Caller = { id: 'operator', scopes: 'all' };
