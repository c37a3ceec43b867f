import { ApiFailure } from './api.js';
import { allEntries, catalogueFailure, entryOf, hostEntries, loadHostModels, onCatalogue } from './catalogue.js';
import { find, make } from './dom.js';
import { factsOf } from './model-facts.js';

/** @typedef {import('./catalogue.js').Entry} Entry */

/**
 * A field for the name of a model: any name can be typed, such as `openai/<id>`, and those that are known are
 * offered. It is the combobox of the ARIA Authoring Practices: arrows, Enter and Escape.
 *
 * @param {string} selector of the input
 * @param {{ fits: (entry: Entry) => boolean, first: string, note?: string }} options `first` is the initial
 * name; `note` selects the element for the description of the model
 * @returns {HTMLInputElement} which has the events `input` and `change`
 */
export function modelField(selector, { fits, first, note }) {
  const input = find(selector, HTMLInputElement);
  const list = make('ul', {
    id: `${input.id}-list`,
    class: 'choices',
    role: 'listbox',
    'aria-label': 'Models',
    hidden: true,
  });
  input.after(list);
  for (const [name, value] of Object.entries({
    ...{ role: 'combobox', 'aria-expanded': 'false', 'aria-controls': list.id, 'aria-autocomplete': 'list' },
    ...{ autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' },
  })) {
    input.setAttribute(name, value);
  }
  input.value ||= first;
  let active = -1;

  const options = () => [...list.querySelectorAll('[role=option]:not([aria-disabled])')];
  /** @param {number} next */
  const point = (next) => {
    const all = options();
    active = all.length === 0 ? -1 : (next + all.length) % all.length;
    for (const [i, option] of all.entries()) option.setAttribute('aria-selected', String(i === active));
    const option = all[active];
    if (option) {
      input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    point(-1);
    input.removeAttribute('aria-activedescendant');
  };
  /** @param {string} [typed] what to look for; all models without it */
  const open = (typed = '') => {
    list.replaceChildren(...choices(list.id, fits, typed.trim().toLowerCase()));
    list.hidden = list.childElementCount === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
    active = -1;
  };
  const show = () => {
    loadHostModels().then(() => {
      if (!list.hidden) open();
    });
    open();
  };
  /** @param {string} id */
  const choose = (id) => {
    input.value = id;
    close();
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };

  input.addEventListener('click', () => (list.hidden ? show() : close()));
  input.addEventListener('input', ({ isTrusted }) => {
    if (isTrusted) open(input.value);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) close();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (list.hidden) show();
      point(event.key === 'ArrowDown' ? active + 1 : Math.max(active, 0) - 1);
    } else if (event.key === 'Enter' && !list.hidden && active >= 0) {
      choose(options()[active]?.getAttribute('data-id') ?? input.value);
    } else return;
    event.preventDefault();
  });
  // Before the field loses the focus.
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    const option = event.target instanceof Element && event.target.closest('[role=option]:not([aria-disabled])');
    if (option) choose(option.getAttribute('data-id') ?? '');
  });
  input.addEventListener('blur', () => {
    close();
    if (input.value.trim() !== '') return;
    choose(first);
  });

  const describe = () => {
    if (note) find(note, HTMLElement).textContent = description(input.value.trim());
  };
  for (const kind of ['input', 'change']) input.addEventListener(kind, describe);
  onCatalogue(describe);
  describe();
  return input;
}

/** @param {string} name */
function description(name) {
  const failure = catalogueFailure();
  const entry = entryOf(name);
  if (entry && !entry.available) return `${entry.note ?? ''} Needs ${entry.requires.join(' or ')}.`.trim();
  if (entry) {
    return [`${entry.note ?? ''} Served by ${entry.targets?.join(', then ')}.`, factsOf(entry)]
      .filter(Boolean)
      .join(' ');
  }
  if (failure instanceof ApiFailure) return `The models cannot be listed. ${failure.message}`;
  return name.startsWith('openai/') ? 'The model of this name at the host of OPENAI_BASE_URL.' : '';
}

/**
 * @param {string} listId
 * @param {(entry: Entry) => boolean} fits
 * @param {string} typed
 */
function choices(listId, fits, typed) {
  const known = allEntries().filter(fits);
  const groups = /** @type {const} */ ([
    ['Aliases', known.filter(({ resolves_to }) => resolves_to)],
    ['Models', known.filter(({ resolves_to, available }) => resolves_to === undefined && available)],
    ['At the host of OPENAI_BASE_URL', hostEntries()],
    ['Not configured', known.filter(({ resolves_to, available }) => resolves_to === undefined && !available)],
  ]);
  return groups.flatMap(([title, members], group) => {
    const shown = members.filter(({ id, resolves_to }) => `${id} ${resolves_to ?? ''}`.toLowerCase().includes(typed));
    if (shown.length === 0) return [];
    const label = `${listId}-${group}`;
    return make(
      'li',
      { role: 'presentation' },
      make('span', { id: label, class: 'choices-title', role: 'presentation' }, title),
      make(
        'ul',
        { role: 'group', 'aria-labelledby': label },
        ...shown.map((entry, i) => choice(entry, `${label}-${i}`)),
      ),
    );
  });
}

/** @param {Entry} entry @param {string} id of the element */
function choice(entry, id) {
  const { available, resolves_to, requires } = entry;
  const facts = available ? factsOf(entry) : `needs ${requires.join(' or ')}`;
  return make(
    'li',
    {
      id,
      role: 'option',
      'data-id': entry.id,
      'aria-selected': 'false',
      'aria-disabled': available ? undefined : 'true',
    },
    make('span', { class: 'choice-name' }, resolves_to ? `${entry.id} (${resolves_to})` : entry.id),
    make('span', { class: 'quiet' }, facts),
  );
}
