import { decodeHeader, verify } from 'hono/utils/jwt/jwt';
import { ApiError, unavailable } from '../base/errors.ts';
import { isolateState } from '../base/isolate-state.ts';
import { USER_AGENT } from '../base/user-agent.ts';
import type { Settings } from '../settings/settings.ts';
import type { Caller } from './caller.ts';

/**
 * Firebase App Check: an app proves that it is the app, on a device that was not tampered with, and gets
 * client tokens without a server of its own. One verifier covers App Attest, Play Integrity and reCAPTCHA.
 * Source: https://firebase.google.com/docs/app-check/custom-resource-backend
 */

const JWKS_URL = 'https://firebaseappcheck.googleapis.com/v1/jwks';
/** Pinned: a token cannot make a public key the secret of an HMAC. */
const ALGORITHM = 'RS256';
/** The longest that Firebase recommends. */
const KEYS_LAST_MS = 6 * 3_600_000;
/** A key that is not known may be new. Tokens with invented names must not make every request a look-up. */
const ASK_AGAIN_MS = 30_000;
const FETCH_LIMIT_MS = 5_000;
const MAX_TOKEN_CHARACTERS = 4_096;

type Jwk = JsonWebKey & { readonly kid: string };
interface Jwks {
  readonly url: string;
  readonly at: number;
  readonly keys: ReadonlyMap<string, Jwk>;
}

const known = isolateState('app-check-keys', () => ({
  jwks: undefined as Jwks | undefined,
  /** When a name was looked up that is not known. */
  askedAgainAt: 0,
}));

/** @throws ApiError `invalid_app_check` or `app_check_unavailable` */
export async function callerOfApp(token: string, settings: Settings): Promise<Caller> {
  const { appCheck } = settings;
  const caller = appCheck && appCaller(await verifiedApp(token, appCheck.project_number, appCheck.jwks_url), settings);
  if (!caller) throw invalid();
  return caller;
}

/** What an app may do, as the setting APP_CHECK says. */
export function appCaller(appId: string | undefined, { appCheck }: Settings): Caller | undefined {
  if (appId === undefined || !appCheck?.apps.includes(appId)) return undefined;
  const { scopes, models = 'all', limits = {} } = appCheck;
  const id = `app:${appId}`;
  const limited = Object.keys(limits).length > 0 ? [{ name: id, limits }] : [];
  return { id, kind: 'app', account: id, issuer: id, scopes, models, limited };
}

/** @returns the app id of a token that is valid for this project */
async function verifiedApp(token: string, project: string, url = JWKS_URL): Promise<string | undefined> {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const key = await keyOf(token, url);
  if (!key) return undefined;
  try {
    const options = {
      alg: ALGORITHM,
      iss: `https://firebaseappcheck.googleapis.com/${project}`,
      aud: `projects/${project}`,
      // The clock may be behind Firebase's.
      iat: false,
    } as const;
    const { sub, exp } = await verify(token, key as never, options);
    return typeof sub === 'string' && exp !== undefined ? sub : undefined;
  } catch {
    // Its message has the token in it.
    return undefined;
  }
}

async function keyOf(token: string, url: string): Promise<Jwk | undefined> {
  let kid: unknown;
  try {
    const header = decodeHeader(token) as { kid?: unknown; alg?: unknown };
    if (header.alg !== ALGORITHM) return undefined;
    kid = header.kid;
  } catch {
    return undefined;
  }
  if (typeof kid !== 'string') return undefined;
  const { jwks } = known;
  const age = jwks?.url === url ? Date.now() - jwks.at : Number.POSITIVE_INFINITY;
  // Each request that needs the keys fetches them itself: awaiting the fetch of another request hangs if that
  // is cancelled.
  const isUnknown = !jwks?.keys.has(kid) && Math.min(age, Date.now() - known.askedAgainAt) > ASK_AGAIN_MS;
  if (age > KEYS_LAST_MS || isUnknown) {
    // Before they are here: others with invented names do not fetch them as well.
    known.askedAgainAt = Date.now();
    known.jwks = { url, at: Date.now(), keys: await fetchKeys(url) };
  }
  return known.jwks?.keys.get(kid);
}

async function fetchKeys(url: string): Promise<ReadonlyMap<string, Jwk>> {
  try {
    const answer = await fetch(url, {
      headers: USER_AGENT,
      redirect: 'manual',
      signal: AbortSignal.timeout(FETCH_LIMIT_MS),
    });
    const { keys } = (await answer.json()) as { keys: Jwk[] };
    return new Map(keys.filter(({ kty }) => kty === 'RSA').map((key) => [key.kid, key]));
  } catch (cause) {
    const message = 'The public keys of App Check cannot be fetched now. Try again later.';
    throw unavailable('app_check_unavailable', message, { cause, retryAfterSeconds: 5 });
  }
}

const invalid = () =>
  new ApiError('invalid_app_check', 'The App Check token in X-Firebase-AppCheck is not valid for this gateway.');
