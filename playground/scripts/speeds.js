import { keep, kept } from './storage.js';

/** @typedef {{ tokensPerSecond: number, firstTokenMs: number }} Speed */

const NAME = 'speeds';
const MAX_MODELS = 50;

/** @returns {Record<string, Speed>} what the last responses of each model took, as seen from this browser */
function speeds() {
  const found = kept('localStorage', NAME);
  return typeof found === 'object' ? /** @type {Record<string, Speed>} */ (found) : {};
}

/** @param {string} model @param {Speed} speed */
export function keepSpeed(model, speed) {
  const others = Object.entries(speeds()).filter(([name]) => name !== model);
  keep('localStorage', NAME, Object.fromEntries([...others.slice(1 - MAX_MODELS), [model, speed]]));
}

/** @param {string} model @returns {string} such as "120 tokens/s", or nothing if none was measured */
export function speedOf(model) {
  const speed = speeds()[model];
  return typeof speed?.tokensPerSecond === 'number' ? `${speed.tokensPerSecond} tokens/s` : '';
}
