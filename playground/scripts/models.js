import { send } from './api.js';
import { allEntries, catalogueFailure, loadCatalogue, onCatalogue } from './catalogue.js';
import { find, make } from './dom.js';
import { clearFailure, showFailure } from './failure-view.js';
import { milliseconds } from './readings.js';

/**
 * The smallest request of each task that measures latency. Embeddings bypass the cache.
 *
 * @type {Record<string, (model: string, smallest: number) => { path: string, body: object, headers?:
 * Record<string, string> }>}
 */
const PROBES = {
  'text-generation': (model) => ({
    path: '/v1/chat/completions',
    body: { model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 1 },
  }),
  embedding: (model) => ({
    path: '/v1/embeddings',
    body: { model, input: 'hello' },
    headers: { 'cache-control': 'no-cache' },
  }),
  'text-to-image': (model, smallest) => ({
    path: '/v1/images/generations',
    body: { model, prompt: 'a red circle', seed: 0, size: `${smallest}x${smallest}` },
    headers: { accept: 'image/*' },
  }),
};

/** The Models page: aliases, models, hosts, latency and health. */
export function startModels() {
  const names = find('#names tbody', HTMLTableSectionElement);
  const catalogue = find('#catalogue tbody', HTMLTableSectionElement);
  const failure = find('#models-failure', HTMLElement);

  onCatalogue(() => {
    if (catalogueFailure()) showFailure(failure, catalogueFailure());
    else clearFailure(failure);
    const entries = allEntries();
    names.replaceChildren(...entries.filter(({ resolves_to }) => resolves_to !== undefined).map(nameRow));
    catalogue.replaceChildren(...entries.filter(({ resolves_to }) => resolves_to === undefined).map(modelRow));
  });
  find('#models-reload', HTMLButtonElement).addEventListener('click', () => {
    loadCatalogue();
    checkHealth();
  });
  checkHealth();
}

/** @param {import('./catalogue.js').Entry} entry */
function nameRow(entry) {
  const { id, task, available, resolves_to, targets = [], requires, sizes } = entry;
  const latency = make('td', { class: 'latency' });
  const probe = PROBES[task];
  if (available && probe) {
    const measure = async () => {
      button.disabled = true;
      result.textContent = '…';
      const { path, body, headers = {} } = probe(id, sizes?.min ?? 256);
      try {
        const started = performance.now();
        const { response, report } = await send(path, { body, headers });
        await response.arrayBuffer();
        const upstream = report.stages.find(({ name }) => name === 'upstream')?.ms;
        const host = upstream === undefined ? '' : `, host ${milliseconds(upstream)}`;
        result.textContent = `${milliseconds(performance.now() - started)}${host}`;
      } catch (error) {
        result.textContent = error instanceof Error ? error.message : 'failed';
      }
      button.disabled = false;
      // It lost the focus when it was disabled.
      if (document.activeElement === document.body) button.focus();
    };
    const result = make('output');
    const button = make(
      'button',
      { type: 'button', class: 'plain', 'aria-label': `Measure ${id}`, click: measure },
      'Measure',
    );
    latency.append(button, result);
  }
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, make('code', {}, id)),
    make('td', {}, task),
    make(
      'td',
      {},
      available ? (resolves_to ?? '') : make('span', { class: 'quiet' }, `needs ${requires.join(' or ')}`),
    ),
    make('td', {}, targets.join(', then ')),
    latency,
  );
}

/** @param {import('./catalogue.js').Entry} entry */
function modelRow({ id, available, requires, note = '', targets = [] }) {
  return make(
    'tr',
    { class: available ? '' : 'absent' },
    make('th', { scope: 'row' }, make('code', {}, id)),
    make(
      'td',
      {},
      make(
        'span',
        { class: available ? 'chip hit' : 'chip' },
        available ? 'available' : `needs ${requires.join(' or ')}`,
      ),
    ),
    make('td', {}, note),
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
