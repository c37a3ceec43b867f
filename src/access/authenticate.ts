import { ApiError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { MAX_KEY_CHARACTERS } from '../sizes.ts';
import { type Caller, OPERATOR } from './caller.ts';

const utf8 = new TextEncoder();

/** Shared by all requests: nothing awaits while it is filled and compared. */
const candidate = new Uint8Array(MAX_KEY_CHARACTERS);

const slotsOf = new WeakMap<Settings, Uint8Array[]>();

/** Headers that were authenticated: a look-up costs a tenth of the comparison, and says nothing about other keys. */
const known = new WeakMap<Settings, Set<string>>();
const MAX_KNOWN = 1_000;

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
  const header = headers.get('authorization') ?? '';
  let authenticated = known.get(settings);
  if (authenticated?.has(header)) return OPERATOR;
  const key = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (key !== undefined && isKnown(key, settings)) {
    // The same keys in other spellings of the header: more than a client would use.
    if (!authenticated || authenticated.size >= MAX_KNOWN) {
      authenticated = new Set();
      known.set(settings, authenticated);
    }
    authenticated.add(header);
    return OPERATOR;
  }
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
  let isEqual = false;
  for (const slot of slots) isEqual = crypto.subtle.timingSafeEqual(candidate, slot) || isEqual;
  return isEqual && key.length <= MAX_KEY_CHARACTERS;
}

/** The key, padded with zeros to the length of all slots. No key contains a zero, so two keys have two slots. */
function slotOf(key: string, slot = new Uint8Array(MAX_KEY_CHARACTERS)): Uint8Array {
  utf8.encodeInto(key, slot);
  return slot;
}
