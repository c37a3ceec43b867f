import { make } from './dom.js';

/**
 * Bars, best first.
 *
 * @param {HTMLElement} place
 * @param {readonly { label: string, score: number }[]} predictions
 * @param {(score: number) => string} [format]
 */
export function showScores(place, predictions, format = (score) => `${(100 * score).toFixed(1)}%`) {
  place.replaceChildren(
    ...predictions.map(({ label, score }) => {
      const bar = make('span', { class: 'bar', 'aria-hidden': 'true' });
      bar.style.setProperty('--share', String(Math.max(0, Math.min(1, score))));
      return make('li', {}, make('span', {}, label), make('span', { class: 'share' }, format(score)), bar);
    }),
  );
}
