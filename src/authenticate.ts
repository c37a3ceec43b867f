import { ApiError } from './errors.ts';
import type { Settings } from './settings.ts';

const utf8 = new TextEncoder();

const hashesOf = new WeakMap<Settings, ArrayBuffer[]>();

/**
 * Lets by who has one of the keys of API_KEYS. Keys are compared as hashes, each with each and in constant time, so
 * that neither the time nor the length tells anything of them. Without keys nobody is let by: closed by default.
 *
 * @throws ApiError `keys_not_configured` or `invalid_api_key`
 */
export async function authenticate(request: Request, settings: Settings): Promise<void> {
  if (settings.apiKeys.length === 0) {
    throw new ApiError(
      'keys_not_configured',
      'No keys are configured, so nobody is answered. Set them with: npx wrangler secret put API_KEYS',
    );
  }
  const key = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (key === undefined || !(await isKnown(key, settings))) {
    throw new ApiError(
      'invalid_api_key',
      key === undefined
        ? 'A key is needed: send it as Authorization: Bearer <key>.'
        : 'This key is not one of those configured.',
      { headers: { 'www-authenticate': 'Bearer' } },
    );
  }
}

async function isKnown(key: string, settings: Settings): Promise<boolean> {
  let hashes = hashesOf.get(settings);
  if (!hashes) {
    // Kept when it is there, not while it is made: a request must not wait for what another one does.
    hashes = await Promise.all(settings.apiKeys.map(hash));
    hashesOf.set(settings, hashes);
  }
  const candidate = await hash(key);
  let known = false;
  for (const expected of hashes) known = crypto.subtle.timingSafeEqual(candidate, expected) || known;
  return known;
}

function hash(key: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', utf8.encode(key));
}
