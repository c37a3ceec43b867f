import { make } from './dom.js';
import { milliseconds } from './readings.js';

/**
 * Adds a line to the list of requests: cache hits and misses, and the time of each stage.
 *
 * @param {HTMLOListElement} calls
 * @param {import('./api.js').Report} report
 * @param {{ cache_hits: number, cache_misses: number }} usage
 */
export function appendCall(calls, { stages, cacheStatus, roundTripMs }, { cache_hits: hits, cache_misses: misses }) {
  const chips = [
    ...(misses > 0 ? [make('span', { class: 'chip miss' }, counted(misses, 'miss', 'misses'))] : []),
    ...(hits > 0 ? [make('span', { class: 'chip hit' }, counted(hits, 'hit', 'hits'))] : []),
    ...stages.map(({ name, ms }) => make('span', { class: 'chip' }, `${name} ${milliseconds(ms)}`)),
    make('span', { class: 'chip' }, `round trip ${milliseconds(roundTripMs)}`),
  ];
  const total = stages.find(({ name }) => name === 'total')?.ms ?? roundTripMs;
  const bar = make('span', { class: `bar ${misses > 0 ? 'miss' : 'hit'}`, 'aria-hidden': 'true' });
  const item = make('li', { title: cacheStatus, 'data-ms': total }, bar, make('span', { class: 'chips' }, ...chips));
  calls.prepend(item);
  while (calls.children.length > 4) calls.lastElementChild?.remove();
  const items = [...calls.querySelectorAll('li')];
  const longest = Math.max(...items.map(({ dataset }) => Number(dataset.ms)));
  for (const { dataset, firstElementChild } of items) {
    if (firstElementChild instanceof HTMLElement) {
      firstElementChild.style.setProperty('--share', String(Number(dataset.ms) / longest));
    }
  }
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
function counted(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}
