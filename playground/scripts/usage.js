import { send } from './api.js';
import { find, make } from './dom.js';
import { onKeyChange } from './key.js';
import { perform } from './perform.js';
import { snippetView } from './snippet-view.js';
import { requestSnippets } from './snippets-request.js';
import { drawUsage } from './usage-chart.js';

/** @typedef {import('./usage-chart.js').Row} Row */

/** @type {Record<string, { of: (row: Row) => number, format: (value: number | null) => string }>} */
const METRICS = {
  cost_usd: { of: ({ cost_usd }) => cost_usd ?? 0, format: dollars },
  requests: { of: ({ requests }) => requests ?? 0, format: whole },
  tokens: {
    of: ({ prompt_tokens, completion_tokens }) => (prompt_tokens ?? 0) + (completion_tokens ?? 0),
    format: whole,
  },
  images: { of: ({ images }) => images ?? 0, format: whole },
};

/** @type {{ from: string, to: string, data: Row[] }} */
const NO_USAGE = { from: '', to: '', data: [] };

/** The Usage page: what the page's key used, by day and model. */
export function startUsage() {
  const days = find('#usage-days', HTMLSelectElement);
  const failure = find('#usage-failure', HTMLElement);
  const snippets = snippetView(find('#usage-snippets', HTMLElement));
  let usage = NO_USAGE;

  const draw = () => {
    const chosen = document.querySelector('input[name="usage-metric"]:checked');
    const metric = METRICS[chosen instanceof HTMLInputElement ? chosen.value : 'cost_usd'];
    const place = find('#usage-chart', HTMLElement);
    find('#usage-empty', HTMLElement).hidden = usage.data.length > 0 || usage.from === '';
    if (metric && usage.data.length > 0) drawUsage(place, usage, metric.of, metric.format);
    else place.replaceChildren();
    find('#usage-table tbody', HTMLTableSectionElement).replaceChildren(...totals(usage.data).map(totalRow));
  };
  const load = async () => {
    const from = new Date(Date.now() - (Number(days.value) - 1) * 86_400_000).toISOString().slice(0, 10);
    const path = `/v1/usage?from=${from}`;
    snippets.show(requestSnippets({ path }));
    let loaded = NO_USAGE;
    await perform(failure, 'Loading', async () => {
      const { response } = await send(path);
      loaded = await response.json();
    });
    usage = loaded;
    draw();
  };

  for (const radio of document.querySelectorAll('input[name="usage-metric"]')) radio.addEventListener('change', draw);
  days.addEventListener('change', load);
  find('#usage-reload', HTMLButtonElement).addEventListener('click', load);
  const loadIfShown = () => {
    if (location.hash === '#usage') load();
  };
  window.addEventListener('hashchange', loadIfShown);
  window.addEventListener('resize', draw);
  onKeyChange(loadIfShown);
  loadIfShown();
}

/**
 * The sum of all days for each model and key, the most expensive first.
 *
 * @param {readonly Row[]} rows
 */
function totals(rows) {
  /** @type {Map<string, Row>} */
  const sums = new Map();
  for (const row of rows) {
    const name = `${row.model} ${row.key ?? ''}`;
    const sum = sums.get(name);
    if (!sum) {
      sums.set(name, { ...row });
      continue;
    }
    sum.requests = plus(sum.requests, row.requests);
    sum.failed_requests = plus(sum.failed_requests, row.failed_requests);
    sum.prompt_tokens = plus(sum.prompt_tokens, row.prompt_tokens);
    sum.completion_tokens = plus(sum.completion_tokens, row.completion_tokens);
    sum.images = plus(sum.images, row.images);
    sum.cache_hits = plus(sum.cache_hits, row.cache_hits);
    sum.cost_usd = plus(sum.cost_usd, row.cost_usd);
  }
  return [...sums.values()].sort(
    (a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0) || (b.requests ?? 0) - (a.requests ?? 0),
  );
}

/**
 * A sum with an unknown part is unknown.
 *
 * @param {number | null} a
 * @param {number | null} b
 */
function plus(a, b) {
  return a === null || b === null ? null : a + b;
}

/** @param {Row} row */
function totalRow(row) {
  const numbers = [
    row.requests,
    row.failed_requests,
    row.prompt_tokens,
    row.completion_tokens,
    row.images,
    row.cache_hits,
  ];
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, make('code', {}, row.model)),
    make('td', {}, row.key ?? 'this key'),
    ...numbers.map((number) => make('td', { class: 'number' }, whole(number))),
    make('td', { class: 'number' }, dollars(row.cost_usd)),
  );
}

const UNKNOWN = 'unknown';

/** @param {number | null} value */
function whole(value) {
  if (value === null) return UNKNOWN;
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** @param {number | null} value */
function dollars(value) {
  if (value === null) return UNKNOWN;
  return value === 0 || value >= 1 ? value.toFixed(2) : value.toFixed(Math.min(6, 1 - Math.floor(Math.log10(value))));
}
