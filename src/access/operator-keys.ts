import { MAX_KEY_CHARACTERS } from '../base/sizes.ts';
import type { Settings } from '../settings/settings.ts';

const utf8 = new TextEncoder();

/** Shared by all requests: nothing awaits while it is filled and compared. */
const candidate = new Uint8Array(MAX_KEY_CHARACTERS);

const slotsOf = new WeakMap<Settings, Uint8Array[]>();

/**
 * Whether a key is one of API_KEYS. It is compared with every key in slots of equal length and in constant
 * time, so that neither time nor length reveals anything.
 */
export function isOperatorKey(key: string, settings: Settings): boolean {
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

/**
 * The key, padded with zeros to the length of all slots. No key contains a zero, so two keys have two slots.
 */
function slotOf(key: string, slot = new Uint8Array(MAX_KEY_CHARACTERS)): Uint8Array {
  utf8.encodeInto(key, slot);
  return slot;
}
