import { decodeHeader, sign, verify } from 'hono/utils/jwt/jwt';
import { ApiError } from '../base/errors.ts';
import { isolateState } from '../base/isolate-state.ts';
import { isLimits, type Limits } from '../base/limits.ts';
import type { Scope } from '../base/scopes.ts';
import { MAX_KEPT_CREDENTIAL_CHARACTERS } from '../base/sizes.ts';
import type { Env, Settings } from '../settings/settings.ts';
import { appCaller } from './app-check.ts';
import { type Caller, counterName, OPERATOR } from './caller.ts';
import { callerOfKey, findKey } from './key-records.ts';

/**
 * Client tokens: JSON Web Tokens that an app can hold, because they are short-lived and can do little. They
 * are signed with the first secret of TOKEN_SECRETS, and accepted with any of them, so that secrets can be
 * rotated.
 */
export interface Claims {
  readonly iss: typeof ISSUER;
  readonly aud: typeof AUDIENCE;
  readonly iat: number;
  readonly exp: number;
  /** The digest of a device or user. */
  readonly sub: string;
  /** Who issued it: `operator`, `app:<app id>`, or the digest of a key. A token ends with its issuer. */
  readonly by: string;
  readonly scopes?: readonly Scope[] | undefined;
  readonly models?: readonly string[] | undefined;
  readonly limits?: Limits | undefined;
  readonly origin?: string | undefined;
}

const ISSUER = 'cedalion';
const AUDIENCE = 'cedalion';
/** Pinned: the algorithm is never the token's own choice. */
const ALGORITHM = 'HS256';

/** Three parts in base64url. */
export const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const MAX_VERIFIED = 10_000;
/** Tokens whose signature was verified: what is left to check costs nothing. */
const verified = isolateState('verified-tokens', () => new Map<string, Claims>());

/** @throws ApiError `tokens_not_configured` */
export async function signToken(claims: Omit<Claims, 'iss' | 'aud'>, settings: Settings): Promise<string> {
  const [secret] = settings.tokenSecrets;
  if (!secret) {
    throw new ApiError(
      'tokens_not_configured',
      'No signing secret for client tokens is configured. Set one with: npx wrangler secret put TOKEN_SECRETS',
    );
  }
  // As a key with a name: the header of the token says which secret signed it.
  const key = { kty: 'oct', k: base64url(secret.secret), kid: secret.id, alg: ALGORITHM };
  return sign({ iss: ISSUER, aud: AUDIENCE, ...claims }, key as never);
}

/** @throws ApiError `invalid_api_key` or `token_expired` */
export async function callerOfToken(token: string, env: Env, settings: Settings): Promise<Caller> {
  const claims = verified.get(token) ?? (await verifyToken(token, settings));
  if (claims.exp * 1000 <= Date.now()) {
    verified.delete(token);
    throw unauthenticated('token_expired', 'The client token has expired. Request a new one.');
  }
  if (verified.size >= MAX_VERIFIED) verified.clear();
  if (token.length <= MAX_KEPT_CREDENTIAL_CHARACTERS) verified.set(token, claims);
  const issuer = await issuerOf(claims.by, env, settings);
  if (!issuer) {
    throw unauthenticated('invalid_api_key', 'The key that issued this client token was revoked or has expired.');
  }
  return narrowed(issuer, claims);
}

async function verifyToken(token: string, { tokenSecrets }: Settings): Promise<Claims> {
  try {
    const { kid } = decodeHeader(token) as { kid?: unknown };
    const secret = tokenSecrets.find(({ id }) => id === kid);
    if (secret) {
      // The expiry is checked with each use. The clock may be behind that of where the token was issued.
      const options = { alg: ALGORITHM, iss: ISSUER, aud: AUDIENCE, exp: false, iat: false } as const;
      const claims = (await verify(token, secret.secret, options)) as unknown as Claims;
      if (isClaims(claims)) return claims;
    }
  } catch {
    // Its message has the token in it.
  }
  throw unauthenticated('invalid_api_key', 'The client token is not valid for this gateway.');
}

/** What is signed was checked when it was issued; an older version may have issued it. */
function isClaims({ exp, sub, by, scopes, models, limits }: Claims): boolean {
  return (
    Number.isFinite(exp) &&
    typeof sub === 'string' &&
    typeof by === 'string' &&
    (scopes === undefined || Array.isArray(scopes)) &&
    (models === undefined || Array.isArray(models)) &&
    (limits === undefined || isLimits(limits))
  );
}

/** As it is now, so that a revoked or narrowed key revokes or narrows its tokens. */
async function issuerOf(by: string, env: Env, settings: Settings): Promise<Caller | undefined> {
  if (by === OPERATOR.issuer) return OPERATOR;
  if (by.startsWith('app:')) return appCaller(by.slice('app:'.length), settings);
  const record = await findKey(by, env);
  return record && callerOfKey(record, by);
}

function narrowed(issuer: Caller, { sub, exp, scopes, models, limits, origin }: Claims): Caller {
  const { account, countedSince, vectorCache, cacheSeconds } = issuer;
  const counter = counterName(`subject:${account}:${sub}`, countedSince);
  const own = limits && Object.keys(limits).length > 0 ? [{ name: counter, limits }] : [];
  return {
    id: `${issuer.id}/${sub}`,
    kind: 'token',
    account,
    issuer: '',
    scopes: intersect(scopes, issuer.scopes),
    models: intersect(models, issuer.models),
    limited: [...own, ...issuer.limited],
    vectorCache,
    cacheSeconds,
    origin,
    expiresAt: Math.min(exp, issuer.expiresAt ?? Number.POSITIVE_INFINITY),
  };
}

function intersect<T>(asked: readonly T[] | undefined, allowed: 'all' | readonly T[]): 'all' | readonly T[] {
  if (asked === undefined) return allowed;
  return allowed === 'all' ? asked : asked.filter((one) => allowed.includes(one));
}

function unauthenticated(code: 'invalid_api_key' | 'token_expired', message: string): ApiError {
  return new ApiError(code, message, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
}

const base64url = (text: string) =>
  new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true });
