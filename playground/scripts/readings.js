import { make } from './dom.js';

/** Measurements shown with a response. */

/** @param {number} ms */
export function milliseconds(ms) {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms >= 100 ? Math.round(ms) : ms.toFixed(1)} ms`;
}

/**
 * @param {HTMLElement} list a `dl`
 * @param {readonly (readonly [name: string, value: Node | string | undefined])[]} readings without a value
 * are omitted
 */
export function showReadings(list, readings) {
  list.replaceChildren(
    ...readings.flatMap(([name, value]) =>
      value ? [make('div', {}, make('dt', {}, name), make('dd', {}, value))] : [],
    ),
  );
}

/**
 * The readings of every response.
 *
 * @param {import('./api.js').Report} report
 * @returns {[string, string][]}
 */
export function commonReadings({ target, requestId, cacheStatus }) {
  return [
    ['Served by', target || (cacheStatus.includes('; hit') ? 'cache' : '')],
    ['Request ID', requestId],
  ];
}
