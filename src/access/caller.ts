import type { Limits } from '../base/limits.ts';
import type { Scope } from '../base/scopes.ts';

/**
 * Who a route is for: callers with a scope, `any` authenticated caller, `key` for API keys but not client
 * tokens, `key-or-app` for apps that prove themselves by App Check, too, or `public`. A route without it does
 * not compile.
 */
export type Access = Scope | 'any' | 'key' | 'key-or-app' | 'public';

/**
 * Somebody or something whose requests are counted together: a key, the subject of a token, an IP address.
 */
export interface Limited {
  /** The name of the Durable Object that counts. */
  readonly name: string;
  readonly limits: Limits;
}

/** Who sent a request. Plain data, so that it can be stored with work that continues later. */
export interface Caller {
  /**
   * Stable for one caller, and safe to log and to store: not the key, and nothing that a key can be derived
   * from.
   */
  readonly id: string;
  readonly kind: 'public' | 'operator' | 'key' | 'token' | 'app' | 'hook';
  /** Whose usage it is: `operator`, or the id of a key. The tokens of a key have its account. */
  readonly account: string;
  /** By what its tokens name it; empty for who cannot issue any. See client-tokens.ts. */
  readonly issuer: string;
  readonly scopes: 'all' | readonly Scope[];
  /** Model ids and aliases. */
  readonly models: 'all' | readonly string[];
  /** All of them must have room for a request. */
  readonly limited: readonly Limited[];
  /**
   * Since when its limits are counted, if they were reset: part of the names of what counts, and of its
   * tokens' ones.
   */
  readonly countedSince?: number | undefined;
  /** Whether the vectors of its account are cached apart from those of all others. */
  readonly vectorCache?: 'private' | undefined;
  /** For how many seconds its answers are cached, if a request does not say. */
  readonly cacheSeconds?: number | undefined;
  /** The web origin that a token is bound to. */
  readonly origin?: string | undefined;
  /** When its key or token ends. Unix time in seconds. */
  readonly expiresAt?: number | undefined;
}

/** The name of the object that counts: another one after each reset. */
export function counterName(name: string, countedSince: number | undefined): string {
  return countedSince === undefined ? name : `${name}@${countedSince}`;
}

/** A caller of a public route. */
export const ANONYMOUS: Caller = {
  id: 'anonymous',
  kind: 'public',
  account: 'anonymous',
  issuer: '',
  scopes: [],
  models: [],
  limited: [],
};
/** Whoever has one of the keys of API_KEYS: they are the operator's own. */
export const OPERATOR: Caller = {
  id: 'operator',
  kind: 'operator',
  account: 'operator',
  issuer: 'operator',
  scopes: 'all',
  models: 'all',
  limited: [],
};
