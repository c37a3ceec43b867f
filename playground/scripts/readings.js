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

/** @param {import('./api.js').Report} report */
export const isHit = ({ cacheStatus }) => /;\s*hit\b/.test(cacheStatus);

/**
 * What the cache of answers did, in words. Source: RFC 9211.
 *
 * @param {import('./api.js').Report} report
 * @returns {string | undefined} undefined if the request did not ask for it
 */
export function cacheReading(report) {
  const { cacheStatus, age } = report;
  if (cacheStatus === '') return undefined;
  if (isHit(report)) return `answered from the cache, ${age} s old`;
  const [, why] = /detail=([\w-]+)/.exec(cacheStatus) ?? [];
  if (/;\s*stored\b/.test(cacheStatus)) return 'not there yet, stored';
  return why ? `not used: ${why}` : 'not there yet';
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
