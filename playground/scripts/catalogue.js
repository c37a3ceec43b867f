import { ApiFailure, send } from './api.js';
import { find, make } from './dom.js';
import { askForKey, onKeyChange } from './key.js';

/**
 * @typedef {object} Entry one of GET /v1/models: an alias or a model
 * @property {string} id
 * @property {string} task
 * @property {boolean} available
 * @property {string | null} [resolves_to] what an alias stands for now
 * @property {string} [note]
 * @property {string[]} [targets]
 * @property {string[]} requires settings of which one makes it available
 * @property {{ promptPerMillion?: number, completionPerMillion?: number, perPicture?: number } | null} [price]
 * @property {number | null} [logit_scale]
 * @property {string[]} [modalities]
 * @property {{ min: number, max: number, default: number, multiple_of: number }} [sizes]
 */

/** @type {Entry[]} */
let entries = [];
/** @type {unknown} */
let failure;
const changes = new EventTarget();

export function allEntries() {
  return entries;
}

/** Why there are no entries, where there are none. */
export function catalogueFailure() {
  return failure;
}

/** @param {string} id */
export function entryOf(id) {
  return entries.find((entry) => entry.id === id);
}

/** @param {() => void} listener called after each load, whether it succeeded or not */
export function onCatalogue(listener) {
  changes.addEventListener('change', listener);
}

export async function loadCatalogue() {
  try {
    const { response } = await send('/v1/models');
    entries = (await response.json()).data;
    failure = undefined;
  } catch (error) {
    entries = [];
    failure = error;
    if (error instanceof ApiFailure && error.code === 'invalid_api_key') askForKey(error.message);
  }
  changes.dispatchEvent(new Event('change'));
}

export function startCatalogue() {
  onKeyChange(loadCatalogue);
  return loadCatalogue();
}

/**
 * Fills a list of models: aliases, then what is available, then what is not and why.
 *
 * @param {string} selector of the list
 * @param {(entry: Entry) => boolean} fits
 * @param {string} first chosen at first, where it is available
 * @param {string} noteSelector where what the chosen one is gets told
 */
export function modelPicker(selector, fits, first, noteSelector) {
  const select = find(selector, HTMLSelectElement);
  const note = find(noteSelector, HTMLElement);
  const describe = () => {
    const entry = entryOf(select.value);
    note.textContent = entry ? `${entry.note ?? ''} Served by ${entry.targets?.join(', then ')}.` : '';
  };
  select.addEventListener('change', describe);
  onCatalogue(() => {
    const chosen = select.value || first;
    const fitting = entries.filter(fits);
    const isAlias = (/** @type {Entry} */ entry) => entry.resolves_to !== undefined;
    select.replaceChildren(
      ...group(
        'Names to rely on',
        fitting.filter((entry) => isAlias(entry) && entry.available),
      ),
      ...group(
        'Models',
        fitting.filter((entry) => !isAlias(entry) && entry.available),
      ),
      ...group(
        'Not set up here',
        fitting.filter((entry) => !isAlias(entry) && !entry.available),
      ),
    );
    if (entryOf(chosen)?.available) select.value = chosen;
    describe();
  });
  return select;
}

/**
 * @param {string} label
 * @param {Entry[]} members
 */
function group(label, members) {
  if (members.length === 0) return [];
  const options = members.map(({ id, resolves_to, available, requires }) => {
    const text = available
      ? resolves_to
        ? `${id} (now ${resolves_to})`
        : id
      : `${id} (needs ${requires.join(' or ')})`;
    return make('option', { value: id, disabled: !available }, text);
  });
  return [make('optgroup', { label }, ...options)];
}
