import { send } from './api.js';
import { copyButton } from './copy-button.js';
import { announce, deleteButton, find, make, refill } from './dom.js';
import { onKeyChange } from './key.js';
import { perform } from './perform.js';
import { showReadings } from './readings.js';
import { keepDraft } from './requests.js';
import { snippetView } from './snippet-view.js';
import { requestSnippets } from './snippets-request.js';

/**
 * @typedef {object} Endpoint an entry of GET /v1/webhook_endpoints
 * @property {string} id
 * @property {string} url
 * @property {boolean} enabled
 * @property {string | null} disabled_because
 */

/**
 * @typedef {object} Delivery an entry of GET /v1/webhook_endpoints/{id}/deliveries
 * @property {string} id
 * @property {string} event_type
 * @property {'pending' | 'delivered' | 'failed'} status
 * @property {number} created_at
 * @property {number | null} next_attempt_at
 * @property {{ status_code: number | null }[]} attempts
 */

const PATH = '/v1/webhook_endpoints';
const DELIVERIES_SHOWN = 10;

/** The Webhooks page: endpoints of the page's key, and what was delivered to them. */
export function startWebhooks() {
  const failure = find('#webhooks-failure', HTMLElement);
  const endpoints = find('#webhooks-endpoints tbody', HTMLTableSectionElement);
  const deliveries = find('#webhooks-deliveries tbody', HTMLTableSectionElement);

  /** Runs an action and shows what has changed. @param {() => Promise<unknown>} action */
  const act = (action) =>
    perform(failure, 'Loading', async () => {
      await action();
      await load();
    });
  const load = async () => {
    const listed = /** @type {Endpoint[]} */ (await list(PATH));
    const rows = await Promise.all(
      listed.map(async (endpoint) => {
        const sent = /** @type {Delivery[]} */ (
          await list(`${PATH}/${endpoint.id}/deliveries?limit=${DELIVERIES_SHOWN}`)
        );
        return sent.map((delivery) => deliveryRow(endpoint, delivery, act));
      }),
    );
    find('#webhooks-empty', HTMLElement).hidden = listed.length > 0;
    refill(
      endpoints,
      listed.map((endpoint) => endpointRow(endpoint, act)),
    );
    find('#deliveries-empty', HTMLElement).hidden = rows.flat().length > 0;
    refill(deliveries, rows.flat());
  };

  const url = find('#webhooks-url', HTMLInputElement);
  const snippets = snippetView(find('#webhooks-snippets', HTMLElement));
  const showCode = () =>
    snippets.show(requestSnippets({ path: PATH, body: { url: url.value || 'https://server.example.com/webhooks' } }));
  url.addEventListener('input', showCode);
  onKeyChange(showCode);
  const form = find('#webhooks-form', HTMLFormElement);
  keepDraft('webhooks', form).restore();
  showCode();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(async () => {
      const { response } = await send(PATH, { body: { url: url.value } });
      const { signing_secret } = await response.json();
      const secret = make('code', {}, signing_secret);
      showReadings(find('#webhooks-secret', HTMLElement), [
        ['Signing secret, shown only now', make('span', { class: 'row' }, secret, copyButton(secret))],
      ]);
      announce('Endpoint created.');
    });
  });
  find('#webhooks-reload', HTMLButtonElement).addEventListener('click', () => act(async () => {}));
  const loadIfShown = () => {
    if (location.hash === '#webhooks') act(async () => {});
  };
  window.addEventListener('hashchange', loadIfShown);
  onKeyChange(loadIfShown);
  loadIfShown();
}

/** @param {string} path */
async function list(path) {
  const { response } = await send(path);
  return (await response.json()).data;
}

/** @typedef {(action: () => Promise<unknown>) => Promise<void>} Act */

/**
 * @param {Endpoint} endpoint
 * @param {Act} act
 */
function endpointRow({ id, url, enabled, disabled_because }, act) {
  const path = `${PATH}/${id}`;
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, make('code', {}, url)),
    make('td', {}, chip(enabled, enabled ? 'enabled' : `disabled: ${disabled_because}`)),
    make(
      'td',
      { class: 'actions' },
      make(
        'div',
        { class: 'row' },
        button('Send a test', url, () => act(() => send(`${path}/test`, { body: {} }))),
        ...(enabled ? [] : [button('Enable', url, () => act(() => send(path, { body: { enabled: true } })))]),
        deleteButton(url, () => act(() => send(path, { method: 'DELETE' }))),
      ),
    ),
  );
}

/**
 * @param {Endpoint} endpoint
 * @param {Delivery} delivery
 * @param {Act} act
 */
function deliveryRow(endpoint, { id, event_type, status, created_at, next_attempt_at, attempts }, act) {
  const again = () => act(() => send(`${PATH}/${endpoint.id}/deliveries/${id}/redeliver`, { method: 'POST' }));
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, time(created_at)),
    make(
      'td',
      {},
      status === 'pending' ? make('span', { class: 'chip' }, status) : chip(status === 'delivered', status),
    ),
    make('td', {}, make('code', {}, event_type)),
    make('td', {}, endpoint.url),
    make('td', {}, attempts.map(({ status_code }) => status_code ?? 'no answer').join(', ')),
    make('td', {}, next_attempt_at === null ? '' : time(next_attempt_at)),
    make('td', { class: 'actions' }, button('Send again', id, again)),
  );
}

/**
 * @param {boolean} isGood
 * @param {string} text
 */
const chip = (isGood, text) => make('span', { class: isGood ? 'chip hit' : 'chip bad' }, text);

/**
 * @param {string} text
 * @param {string} what it is about, for screen readers
 * @param {() => void} click
 */
const button = (text, what, click) =>
  make('button', { type: 'button', class: 'plain', 'aria-label': `${text}: ${what}`, click }, text);

/** @param {number} seconds since 1970 */
const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString();
