import { ApiError } from '../base/errors.ts';
import { MAX_KEPT_CREDENTIAL_CHARACTERS } from '../base/sizes.ts';
import type { Env, Settings } from '../settings/settings.ts';
import { callerOfApp } from './app-check.ts';
import { type Caller, OPERATOR } from './caller.ts';
import { callerOfToken, TOKEN_PATTERN } from './client-tokens.ts';
import { callerOfKey, findKey, KEY_PATTERN, nameOfKey } from './key-records.ts';
import { isOperatorKey } from './operator-keys.ts';

/**
 * Headers that were authenticated: a look-up costs a tenth of a comparison, and says nothing about other
 * keys.
 */
type Known = Map<string, { readonly caller: Caller; readonly until: number }>;
const known = new WeakMap<Settings, Known>();
const MAX_KNOWN = 10_000;
/** After this time a key or token is looked up again: it may have been revoked. See key-records.ts. */
const KNOWN_MS = 10_000;

/**
 * Authenticates a request by its API key or client token. Without configured keys every request is rejected.
 *
 * @throws ApiError `keys_not_configured`, `configuration_invalid`, `keys_unavailable`, `invalid_api_key` or
 * `token_expired`
 */
export async function authenticate(request: Request, env: Env, settings: Settings): Promise<Caller> {
  const header = credentialsOf(request);
  const found = known.get(settings)?.get(header);
  if (found && found.until > Date.now()) return bound(found.caller, request);
  const problem = settings.problems.API_KEYS;
  if (problem) throw new ApiError('configuration_invalid', problem);
  const key = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (key !== undefined && isOperatorKey(key, settings)) {
    if (key === LOCAL_KEY) {
      // Not remembered: the next request may come from elsewhere.
      if (isLocal(request)) return OPERATOR;
      throw unauthenticated(
        `The key ${LOCAL_KEY} only works on the machine where npm start runs, and in its pages. Create another key.`,
      );
    }
    return remember(header, OPERATOR, settings);
  }
  const isStored = key !== undefined && KEY_PATTERN.test(key);
  const isToken = key !== undefined && !isStored && settings.tokenSecrets.length > 0 && TOKEN_PATTERN.test(key);
  if (isStored || isToken) return lookUp({ key, isStored, header }, request, { env, settings });
  if (settings.apiKeys.length === 0) {
    throw new ApiError(
      'keys_not_configured',
      'No API keys are configured, so every request is rejected. Set them with: npx wrangler secret put API_KEYS',
    );
  }
  throw unauthenticated(
    key === undefined
      ? 'An API key is required. Send it as: Authorization: Bearer <key>'
      : 'The API key is not valid for this gateway.',
  );
}

/** Anthropic's clients send a key in a header of its own. */
function credentialsOf({ headers }: Request): string {
  const header = headers.get('authorization');
  if (header !== null) return header;
  const key = headers.get('x-api-key');
  return key === null ? '' : `Bearer ${key}`;
}

/** An app that has no key and no token yet proves what it is, if App Check is configured. */
export async function authenticateApp(request: Request, env: Env, settings: Settings): Promise<Caller> {
  const proof = request.headers.get('x-firebase-appcheck');
  if (proof === null || !settings.appCheck || credentialsOf(request) !== '') {
    return authenticate(request, env, settings);
  }
  return callerOfApp(proof, settings);
}

interface Credential {
  /** A stored key, or a client token. */
  readonly key: string;
  readonly isStored: boolean;
  /** The header that it came in. */
  readonly header: string;
}

async function lookUp(
  { key, isStored, header }: Credential,
  request: Request,
  { env, settings }: { readonly env: Env; readonly settings: Settings },
): Promise<Caller> {
  if (!isStored) {
    const caller = await callerOfToken(key, env, settings);
    return bound(remember(header, caller, settings), request);
  }
  const name = await nameOfKey(key);
  const record = await findKey(name, env);
  if (!record) throw unauthenticated('The API key is not valid for this gateway: it was revoked, or has expired.');
  return remember(header, callerOfKey(record, name), settings);
}

function remember(header: string, caller: Caller, settings: Settings): Caller {
  // A header can have many spaces: each spelling would be kept.
  if (header.length > MAX_KEPT_CREDENTIAL_CHARACTERS) return caller;
  let headers = known.get(settings);
  // More headers than keys and their spellings would be.
  if (!headers || headers.size >= MAX_KNOWN) {
    headers = new Map();
    known.set(settings, headers);
  }
  const { kind, expiresAt = Number.POSITIVE_INFINITY } = caller;
  const lookUpAt = kind === 'operator' ? Number.POSITIVE_INFINITY : Date.now() + KNOWN_MS;
  headers.set(header, { caller, until: Math.min(lookUpAt, expiresAt * 1000) });
  return caller;
}

/** A token that is bound to an origin is only valid on its pages. */
function bound(caller: Caller, request: Request): Caller {
  if (caller.origin === undefined || caller.origin === request.headers.get('origin')) return caller;
  throw unauthenticated('The client token is bound to another origin.');
}

function unauthenticated(message: string): ApiError {
  return new ApiError('invalid_api_key', message, { headers: { 'www-authenticate': 'Bearer' } });
}

/** The key that `npm start` prints. Everybody knows it, so no deployment accepts it. */
const LOCAL_KEY = 'sk-local';

/**
 * A deployed Worker is reached by a domain name, never by an address. Any page on the web could send the key
 * to this machine, so only pages of this machine may.
 */
function isLocal({ url, headers }: Request): boolean {
  const { hostname, origin } = new URL(url);
  const page = headers.get('origin') ?? origin;
  const isOwn = page === origin || /^((.+\.)?localhost|127\.[\d.]+|\[::1])$/.test(URL.parse(page)?.hostname ?? '');
  return isOwn && /^(localhost|.+\.localhost|[\d.]+|\[.+\])$/.test(hostname);
}
