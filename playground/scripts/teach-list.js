import { send } from './api.js';
import { deleteButton, find, make, refill } from './dom.js';

/** @typedef {import('./teach-views.js').Classifier} Classifier */

/**
 * The list of the key's classifiers.
 *
 * @param {{ open: (id: string) => void, remove: (id: string) => void }} actions
 * @returns {{ load: () => Promise<void> }}
 */
export function classifierList({ open, remove }) {
  const rows = find('#teach-list tbody', HTMLTableSectionElement);
  return {
    async load() {
      const { response } = await send('/v1/classifiers');
      const all = /** @type {Classifier[]} */ ((await response.json()).data);
      find('#teach-none', HTMLElement).hidden = all.length > 0;
      find('#teach-list', HTMLTableElement).hidden = all.length === 0;
      refill(
        rows,
        all.map((classifier) => rowOf(classifier, { open, remove })),
      );
    },
  };
}

/**
 * @param {Classifier} classifier
 * @param {{ open: (id: string) => void, remove: (id: string) => void }} actions
 */
function rowOf({ id, model, trained_method, examples, labels, leave_one_out: { accuracy } }, { open, remove }) {
  const names = labels.map(({ label }) => label).join(', ');
  const use = make(
    'button',
    { type: 'button', class: 'plain', 'aria-label': `Use: ${names}`, click: () => open(id) },
    'Use',
  );
  const actions = make(
    'div',
    { class: 'row' },
    use,
    deleteButton(names, () => remove(id)),
  );
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, names),
    make('td', {}, make('code', {}, model)),
    make('td', {}, trained_method),
    make('td', { class: 'number' }, String(examples)),
    make('td', { class: 'number' }, accuracy === null ? '' : `${Math.round(100 * accuracy)}%`),
    make('td', { class: 'actions' }, actions),
  );
}
