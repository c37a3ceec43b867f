import { ApiFailure, send } from './api.js';
import { find, make } from './dom.js';
import { askForKey, onKeyChange } from './key.js';

/**
 * @typedef {object} Entry an entry of GET /v1/models: an alias or a model
 * @property {string} id
 * @property {string} task
 * @property {boolean} available
 * @property {string | null} [resolves_to] the current model of an alias
 * @property {string} [note]
 * @property {string[]} [targets]
 * @property {string[]} requires settings, one of which must be set to make the entry available
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

/** The error of the last load, if it failed. */
export function catalogueFailure() {
  return failure;
}

/** @param {string} id */
export function entryOf(id) {
  return entries.find((entry) => entry.id === id);
}

/** @param {() => void} listener called after each load, successful or not */
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
 * Fills a list of models: aliases, available models, then unavailable models with the missing settings.
 *
 * @param {string} selector of the list
 * @param {(entry: Entry) => boolean} fits
 * @param {string} first initial selection, if available
 * @param {string} noteSelector of the element for the description of the selected model
 */
export function modelPicker(selector, fits, first, noteSelector) {
  const select = find(selector, HTMLSelectElement);
  const note = find(noteSelector, HTMLElement);
  const describe = () => {
    const entry = entryOf(select.value);
    const problem = failure instanceof ApiFailure ? `The models cannot be listed. ${failure.message}` : '';
    note.textContent = entry ? `${entry.note ?? ''} Served by ${entry.targets?.join(', then ')}.` : problem;
  };
  select.addEventListener('change', describe);
  const fill = () => {
    const chosen = select.value || first;
    const fitting = entries.filter(fits);
    const isAlias = (/** @type {Entry} */ entry) => entry.resolves_to !== undefined;
    select.replaceChildren(
      ...group(
        'Aliases',
        fitting.filter((entry) => isAlias(entry) && entry.available),
      ),
      ...group(
        'Models',
        fitting.filter((entry) => !isAlias(entry) && entry.available),
      ),
      ...group(
        'Not configured',
        fitting.filter((entry) => !isAlias(entry) && !entry.available),
      ),
    );
    if (entryOf(chosen)?.available) select.value = chosen;
    describe();
  };
  onCatalogue(fill);
  // A page that starts when it is shown comes after the first load.
  if (entries.length > 0) fill();
  return select;
}

/**
 * @param {string} label
 * @param {Entry[]} members
 */
function group(label, members) {
  if (members.length === 0) return [];
  const options = members.map(({ id, resolves_to, available, requires }) => {
    const text = available ? (resolves_to ? `${id} (${resolves_to})` : id) : `${id} (needs ${requires.join(' or ')})`;
    return make('option', { value: id, disabled: !available }, text);
  });
  return [make('optgroup', { label }, ...options)];
}
