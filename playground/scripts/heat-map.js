import { make } from './dom.js';

/**
 * Creates a table of cosines, captions by images, colored by value. The best caption of each image is marked.
 * If the model has a logit scale, each cell also shows the caption's share of a softmax over the captions.
 *
 * @param {readonly { name: string, url?: string }[]} pictures texts, if they have no URL
 * @param {string[]} captions
 * @param {number[][]} matrix images by captions
 * @param {number | null} logitScale
 * @returns {HTMLTableElement}
 */
export function heatMap(pictures, captions, matrix, logitScale) {
  const values = matrix.flat();
  const low = Math.min(0, ...values);
  const high = Math.max(...values, low + 0.01);
  const shares =
    logitScale === null ? undefined : matrix.map((row) => softmax(row.map((cosine) => cosine * logitScale)));
  const winners = matrix.map((row) => row.indexOf(Math.max(...row)));

  const head = make(
    'tr',
    {},
    make('td', { class: 'corner' }),
    ...pictures.map(({ name, url }) =>
      make('th', { scope: 'col' }, url ? make('img', { src: url, alt: name, width: 88, height: 88 }) : name),
    ),
  );
  const rows = captions.map((caption, row) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, caption),
      ...pictures.map((_, column) => {
        const cosine = matrix[column]?.[row] ?? 0;
        const share = shares?.[column]?.[row];
        const wins = winners[column] === row;
        const cell = make(
          'td',
          { class: wins ? 'wins' : '' },
          make('span', { class: 'cosine' }, cosine.toFixed(4)),
          ...(share === undefined ? [] : [make('span', { class: 'share' }, percent(share))]),
          ...(wins ? [make('span', { class: 'unseen' }, ' best in this column')] : []),
        );
        cell.style.setProperty('--heat', ((cosine - low) / (high - low)).toFixed(3));
        return cell;
      }),
    ),
  );
  return make(
    'table',
    { class: 'heat' },
    make('caption', { class: 'unseen' }, 'Cosine similarity of each caption and each image'),
    make('thead', {}, head),
    make('tbody', {}, ...rows),
  );
}

/** @param {number[]} logits */
export function softmax(logits) {
  const most = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** @param {number} share */
function percent(share) {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  if (share < 1 && share > 0.999) return '> 99.9 %';
  return `${(share * 100).toFixed(1)} %`;
}
