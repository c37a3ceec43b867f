import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './app.ts';
import { ApiError } from './errors.ts';
import type { Settings } from './settings.ts';

const hashesOf = new WeakMap<Settings, Promise<ArrayBuffer[]>>();

/**
 * Lets by who has one of the keys of API_KEYS. Keys are compared as hashes, each with each and in constant time, so
 * that neither the time nor the length tells anything of them. Without keys nobody is let by: closed by default.
 */
export const authenticate: MiddlewareHandler<AppEnv> = async function authenticate(c, next) {
  const settings = c.get('settings');
  if (settings.apiKeys.length === 0) {
    throw new ApiError(
      'keys_not_configured',
      'No keys are configured, so nobody is answered. Set them with: npx wrangler secret put API_KEYS',
    );
  }
  const key = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (key === undefined || !(await isKnown(key, settings))) {
    throw new ApiError(
      'invalid_api_key',
      key === undefined
        ? 'A key is needed: send it as Authorization: Bearer <key>.'
        : 'This key is not one of those configured.',
      { headers: { 'www-authenticate': 'Bearer' } },
    );
  }
  await next();
};

async function isKnown(key: string, settings: Settings): Promise<boolean> {
  let hashes = hashesOf.get(settings);
  if (!hashes) {
    hashes = Promise.all(settings.apiKeys.map(hash));
    hashesOf.set(settings, hashes);
  }
  const candidate = await hash(key);
  let known = false;
  for (const expected of await hashes) known = crypto.subtle.timingSafeEqual(candidate, expected) || known;
  return known;
}

function hash(key: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
}
