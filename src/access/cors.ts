import type { Settings } from '../settings/settings.ts';
import type { Caller } from './caller.ts';

/**
 * CORS for the configured origins, and for the origin that a client token is bound to. Access is decided by
 * keys: CORS only says which pages can read an answer. Source:
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export const corsOptions = {
  allowMethods: ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS'],
  // Without a list, the headers that a browser asks for are echoed: `*` does not cover Authorization.
  exposeHeaders: [
    'x-request-id',
    'x-cedalion-model',
    'x-cedalion-prompt',
    'x-cedalion-target',
    'x-cedalion-attempts',
    'x-cedalion-ignored',
    'x-cedalion-seed',
    'x-cedalion-tokens',
    'request-id',
    'x-should-retry',
    'retry-after',
    'server-timing',
    'cache-status',
    'age',
    'ratelimit',
    'ratelimit-policy',
    'x-ratelimit-limit-requests',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-reset-requests',
    'x-ratelimit-limit-tokens',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-tokens',
    'location',
    'x-run-id',
    'idempotent-replayed',
    'preference-applied',
  ],
  maxAge: 86_400,
};

/** @returns the value of Access-Control-Allow-Origin, if the page can read this answer */
export function allowedOrigin(
  origin: string,
  {
    caller,
    settings,
    isPreflight,
    outcome,
  }: { caller: Caller; settings: Settings; isPreflight: boolean; outcome: { readonly error: string | undefined } },
): string | undefined {
  const { corsOrigins, tokenSecrets } = settings;
  if (corsOrigins === 'all') return '*';
  if (corsOrigins.includes(origin) || caller.origin === origin) return origin;
  // A preflight carries no token, and one that has expired is not read any further: their origin is not
  // known. The page needs to read that its token has expired, to request a new one.
  const isAnyOrigin = isPreflight || outcome.error === 'token_expired';
  return isAnyOrigin && tokenSecrets.length > 0 ? origin : undefined;
}
