import { ApiError } from '../errors.ts';
import { LONGEST_KEY, type Settings } from '../settings.ts';

const utf8 = new TextEncoder();

/** Used by one request at a time: nothing awaits while it is filled. */
const candidate = new Uint8Array(LONGEST_KEY);

const slotsOf = new WeakMap<Settings, Uint8Array[]>();

/**
 * Lets by who has one of the keys of API_KEYS. Keys are compared in slots of one length, each with each and in constant
 * time, so that neither the time nor the length tells anything of them. Without keys nobody is let by: closed by default.
 *
 * @throws ApiError `keys_not_configured` or `invalid_api_key`
 */
export function authenticate(request: Request, settings: Settings): void {
  if (settings.apiKeys.length === 0) {
    throw new ApiError(
      'keys_not_configured',
      'No keys are configured, so nobody is answered. Set them with: npx wrangler secret put API_KEYS',
    );
  }
  const key = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (key === undefined || !isKnown(key, settings)) {
    throw new ApiError(
      'invalid_api_key',
      key === undefined
        ? 'A key is needed: send it as Authorization: Bearer <key>.'
        : 'This key is not one of those configured.',
      { headers: { 'www-authenticate': 'Bearer' } },
    );
  }
}

function isKnown(key: string, settings: Settings): boolean {
  let slots = slotsOf.get(settings);
  if (!slots) {
    slots = settings.apiKeys.map((configured) => slotOf(configured));
    slotsOf.set(settings, slots);
  }
  slotOf(key, candidate.fill(0));
  let known = false;
  for (const slot of slots) known = crypto.subtle.timingSafeEqual(candidate, slot) || known;
  return known && key.length <= LONGEST_KEY;
}

/** A key, and zeros to the length of all slots. No key holds a zero: two keys have two slots. */
function slotOf(key: string, slot = new Uint8Array(LONGEST_KEY)): Uint8Array {
  utf8.encodeInto(key, slot);
  return slot;
}
