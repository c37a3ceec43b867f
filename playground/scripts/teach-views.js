import { make } from './dom.js';

/**
 * @typedef {object} Classifier an entry of GET /v1/classifiers
 * @property {string} id
 * @property {string} model
 * @property {string} trained_method
 * @property {number} examples
 * @property {{ label: string, examples: number }[]} labels
 * @property {{ examples: number, accuracy: number | null, confusion?: number[][] }} leave_one_out
 */

/** A larger table does not fit, and says little at a glance. */
const MAX_LABELS_SHOWN = 12;

const percent = (/** @type {number} */ share) => `${Math.round(100 * share)}%`;

/**
 * What a classifier is, and what leave-one-out finds.
 *
 * @param {HTMLElement} place
 * @param {Classifier | undefined} classifier
 */
export function showClassifier(place, classifier) {
  if (!classifier) {
    place.replaceChildren();
    return;
  }
  const { id, labels, examples, trained_method, leave_one_out } = classifier;
  const { accuracy, confusion = [] } = leave_one_out;
  const found =
    accuracy === null
      ? 'Each label has one example, so there is no estimate yet: add more.'
      : `Leave-one-out accuracy: ${percent(accuracy)} of ${leave_one_out.examples} examples.`;
  place.replaceChildren(
    make('p', {}, make('code', { class: 'version' }, id)),
    make(
      'p',
      {},
      make('span', { class: 'chip' }, `${labels.length} labels`),
      ' ',
      make('span', { class: 'chip' }, `${examples} examples`),
      ' ',
      make('span', { class: 'chip' }, trained_method),
    ),
    make('p', {}, found),
    ...(accuracy !== null && labels.length <= MAX_LABELS_SHOWN ? [confusionTable(labels, confusion)] : []),
  );
}

/**
 * @param {Classifier['labels']} labels
 * @param {number[][]} confusion
 */
function confusionTable(labels, confusion) {
  const head = make(
    'tr',
    {},
    make('th', { scope: 'col' }, 'Label / predicted'),
    ...labels.map(({ label }) => make('th', { scope: 'col', class: 'number' }, label)),
  );
  const rows = labels.map(({ label }, row) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, label),
      ...(confusion[row] ?? []).map((count, column) =>
        make('td', row === column ? { class: 'right' } : {}, count === 0 ? '·' : String(count)),
      ),
    ),
  );
  return make(
    'section',
    { class: 'scroll', tabindex: 0, 'aria-label': 'Confusion table' },
    make('table', { class: 'confusion' }, make('thead', {}, head), make('tbody', {}, ...rows)),
  );
}
