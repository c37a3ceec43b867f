import { ApiError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { MAX_KEY_CHARACTERS } from '../sizes.ts';
import { type Caller, OPERATOR } from './caller.ts';

const utf8 = new TextEncoder();

/** Shared by all requests: nothing awaits while it is filled and compared. */
const candidate = new Uint8Array(MAX_KEY_CHARACTERS);

const slotsOf = new WeakMap<Settings, Uint8Array[]>();

/**
 * Authenticates a request by its API key. The key is compared with every key of API_KEYS in slots of equal length and in
 * constant time, so that neither time nor length reveals anything. Without configured keys every request is rejected.
 *
 * @throws ApiError `keys_not_configured`, `configuration_invalid` or `invalid_api_key`
 */
export function authenticate(headers: Headers, settings: Settings): Caller {
  const problem = settings.problems.API_KEYS;
  if (problem) throw new ApiError('configuration_invalid', problem);
  if (settings.apiKeys.length === 0) {
    throw new ApiError(
      'keys_not_configured',
      'No API keys are configured, so every request is rejected. Set them with: npx wrangler secret put API_KEYS',
    );
  }
  const key = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (key !== undefined && isKnown(key, settings)) return OPERATOR;
  throw new ApiError(
    'invalid_api_key',
    key === undefined
      ? 'An API key is required. Send it as: Authorization: Bearer <key>'
      : 'The API key is not valid for this gateway.',
    { headers: { 'www-authenticate': 'Bearer' } },
  );
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
  return known && key.length <= MAX_KEY_CHARACTERS;
}

/** The key, padded with zeros to the length of all slots. No key contains a zero, so two keys have two slots. */
function slotOf(key: string, slot = new Uint8Array(MAX_KEY_CHARACTERS)): Uint8Array {
  utf8.encodeInto(key, slot);
  return slot;
}
