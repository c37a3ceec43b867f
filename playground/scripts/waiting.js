import { make } from './dom.js';
import { milliseconds } from './readings.js';

/** A quick answer would only make this flash. */
const SHOWN_AFTER_MS = 300;
const TICK_MS = 100;

/**
 * Shows that a request takes long, and for how long.
 *
 * @param {Element} next the element below
 * @param {string} text what goes on
 * @returns {() => void} ends it
 */
export function startWaiting(next, text) {
  const started = performance.now();
  const elapsed = make('span');
  const dots = make('span', { class: 'belt', 'aria-hidden': 'true' }, make('i'), make('i'), make('i'));
  const place = make('div', { class: 'waiting' }, dots, make('span', {}, `${text}, `, elapsed));
  const clock = setInterval(() => {
    const ms = performance.now() - started;
    elapsed.textContent = milliseconds(ms);
    if (ms < SHOWN_AFTER_MS || place.isConnected) return;
    next.before(place);
    place.scrollIntoView({ block: 'nearest' });
  }, TICK_MS);
  return () => {
    clearInterval(clock);
    place.remove();
  };
}
