import { allEntries, catalogueFailure, hostEntries, loadCatalogue, loadHostModels, onCatalogue } from './catalogue.js';
import { find, make } from './dom.js';
import { clearFailure, showFailure } from './failure-view.js';
import { onKeyChange } from './key.js';
import { measureButton } from './measure.js';
import { contextOf, priceOf } from './model-facts.js';
import { milliseconds } from './readings.js';
import { snippetView } from './snippet-view.js';
import { requestSnippets } from './snippets-request.js';
import { speedOf } from './speeds.js';

/** @typedef {import('./catalogue.js').Entry} Entry */

/** The Models page: aliases, models, hosts, prices, latency and health. */
export function startModels() {
  const names = find('#names tbody', HTMLTableSectionElement);
  const catalogue = find('#catalogue tbody', HTMLTableSectionElement);
  const failure = find('#models-failure', HTMLElement);
  const snippets = snippetView(find('#models-snippets', HTMLElement));

  const show = () => {
    if (catalogueFailure()) showFailure(failure, catalogueFailure());
    else clearFailure(failure);
    const entries = allEntries();
    names.replaceChildren(...entries.filter(({ resolves_to }) => resolves_to !== undefined).map(nameRow));
    const models = [...entries.filter(({ resolves_to }) => resolves_to === undefined), ...hostEntries()];
    catalogue.replaceChildren(...models.map(modelRow));
  };
  const showCode = () => snippets.show(requestSnippets({ path: '/v1/models' }));
  onCatalogue(show);
  onKeyChange(showCode);
  const reload = async () => {
    checkHealth();
    await loadCatalogue();
    await loadHostModels();
  };
  find('#models-reload', HTMLButtonElement).addEventListener('click', reload);
  // Speeds are measured on other pages.
  window.addEventListener('hashchange', () => {
    if (location.hash === '#models') show();
  });
  show();
  showCode();
  checkHealth();
  loadHostModels();
}

/** @param {Entry} entry */
function nameRow(entry) {
  const { id, task = '', available, resolves_to, targets = [], requires } = entry;
  const needs = make('span', { class: 'quiet' }, `needs ${requires.join(' or ')}`);
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, make('code', {}, id)),
    make('td', {}, task),
    make('td', {}, available ? (resolves_to ?? '') : needs),
    make('td', {}, targets.join(', then ')),
    make('td', { class: 'latency' }, ...measureButton(entry)),
  );
}

/** @param {Entry} entry */
function modelRow(entry) {
  const { id, available, requires, note = '', targets = [] } = entry;
  const status = available ? 'available' : `needs ${requires.join(' or ')}`;
  return make(
    'tr',
    { class: available ? '' : 'absent' },
    make('th', { scope: 'row' }, make('code', {}, id)),
    make('td', {}, make('span', { class: available ? 'chip hit' : 'chip' }, status)),
    make('td', {}, note),
    make('td', { class: 'number' }, contextOf(entry).replace(' tokens', '')),
    make('td', {}, priceOf(entry)),
    make('td', { class: 'number' }, speedOf(id)),
    make('td', {}, targets.join(', then ')),
  );
}

async function checkHealth() {
  await Promise.all(
    /** @type {const} */ (['livez', 'readyz']).map(async (name) => {
      const place = find(`#${name}`, HTMLElement);
      const started = performance.now();
      try {
        const response = await fetch(`/${name}`);
        const { status, problems = [] } = await response.json();
        const took = milliseconds(performance.now() - started);
        place.replaceChildren(
          make('span', { class: response.ok ? 'chip hit' : 'chip bad' }, status),
          ` ${took}`,
          ...problems.map((/** @type {string} */ problem) => make('p', {}, problem)),
        );
      } catch {
        place.replaceChildren(make('span', { class: 'chip bad' }, 'no response'));
      }
    }),
  );
}
