import { send } from './api.js';
import { announce, find, make, refill } from './dom.js';
import { streamEvents } from './events.js';
import { clearFailure, showFailure } from './failure-view.js';
import { onKeyChange } from './key.js';
import { perform } from './perform.js';
import { cancelRun, eventsPath } from './recorded-stream.js';
import { rememberRequests } from './requests.js';
import { snippetView } from './snippet-view.js';
import { requestSnippets } from './snippets-request.js';

/**
 * @typedef {object} Run the answer of GET /v1/runs/{id}
 * @property {string} id
 * @property {'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled'} status
 * @property {string} route
 * @property {string | null} model
 * @property {number} created_at seconds since 1970
 * @property {number | null} started_at
 * @property {number | null} ended_at
 * @property {{ last_event: number | null } | null} answer
 * @property {{ total_tokens: number } | null} usage
 * @property {{ code?: string } | null} error
 */

const PATH = '/v1/runs';
const PAGE = 20;
const MAX_PAGE = 100;
const POLL_MS = 1000;
const MAX_TEXT = 20_000;

/** The Runs page: what goes on in the background, and streams that can be resumed. */
export function startRuns() {
  const failure = find('#runs-failure', HTMLElement);
  const status = find('#runs-status', HTMLSelectElement);
  const more = find('#runs-more', HTMLButtonElement);
  const rows = find('#runs-table tbody', HTMLTableSectionElement);
  const prompt = find('#runs-prompt', HTMLInputElement);
  /** Runs that are over do not change. @type {Map<string, Run>} */
  const ended = new Map();
  let wanted = PAGE;
  let latest = 0;
  let timer = 0;
  let reading = new AbortController();

  const isShown = () => location.hash === '#runs';

  /** Runs an action and shows what has changed. @param {() => Promise<unknown>} [action] */
  const act = (action) =>
    perform(failure, 'Loading', async () => {
      await action?.();
      await load();
    });
  const load = async () => {
    clearTimeout(timer);
    const mine = ++latest;
    const { ids, hasMore } = await listRuns(status.value, wanted);
    const runs = await Promise.all(ids.map(async (id) => ended.get(id) ?? getRun(id)));
    // A later load, for another filter or key, shows its own.
    if (mine !== latest) return;
    for (const run of runs) if (isOver(run)) ended.set(run.id, run);
    const focused = document.activeElement?.getAttribute('aria-label');
    refill(
      rows,
      runs.map((run) => runRow(run, { cancel, show })),
    );
    if (focused) [...rows.querySelectorAll('button')].find((it) => it.getAttribute('aria-label') === focused)?.focus();
    more.hidden = !hasMore;
    find('#runs-empty', HTMLElement).hidden = runs.length > 0;
    if (isShown() && runs.some((run) => !isOver(run))) timer = setTimeout(poll, POLL_MS);
  };
  // An error of an action stays while the list is refreshed.
  const poll = () => load().catch((error) => showFailure(failure, error));
  /** @param {Run} run */
  const cancel = ({ id }) => act(() => cancelRun(id));
  /** @param {Run} run */
  const show = async (run) => {
    reading.abort();
    reading = new AbortController();
    clearFailure(failure);
    const text = find('#runs-answer-text', HTMLElement);
    text.replaceChildren();
    find('#runs-answer-of', HTMLElement).textContent = `${run.id}, ${run.route}`;
    const place = find('#runs-answer', HTMLElement);
    place.hidden = false;
    find('#runs-answer-title', HTMLElement).focus();
    try {
      await showAnswer(run, text, reading.signal);
    } catch (error) {
      if (!text.hasChildNodes()) place.hidden = true;
      showFailure(failure, error);
    }
  };

  const form = find('#runs-form', HTMLFormElement);
  const requests = rememberRequests('runs', form, { title: () => prompt.value, onOpened: () => showCode() });
  const snippets = snippetView(find('#runs-snippets', HTMLElement));
  const request = () => ({
    path: '/v1/chat/completions',
    body: { model: 'text', messages: [{ role: 'user', content: prompt.value }] },
    headers: { Prefer: 'respond-async' },
  });
  const showCode = () => snippets.show(requestSnippets(request()));
  form.addEventListener('input', showCode);
  requests.restore();
  showCode();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    requests.sent();
    act(async () => {
      const { path, body, headers } = request();
      await send(path, { body, headers });
      announce('Run started.');
    });
  });
  const restart = () => {
    wanted = PAGE;
    clearTimeout(timer);
    if (isShown()) act();
  };
  status.addEventListener('change', restart);
  more.addEventListener('click', () => {
    wanted += PAGE;
    act();
  });
  find('#runs-reload', HTMLButtonElement).addEventListener('click', () => act());
  window.addEventListener('hashchange', restart);
  onKeyChange(() => {
    showCode();
    ended.clear();
    rows.replaceChildren();
    find('#runs-answer', HTMLElement).hidden = true;
    restart();
  });
  restart();
}

/**
 * The newest runs, in as few pages as possible.
 *
 * @param {string} status empty for all
 * @param {number} wanted
 */
async function listRuns(status, wanted) {
  /** @type {string[]} */
  const ids = [];
  let hasMore = true;
  while (hasMore && ids.length < wanted) {
    const query = new URLSearchParams({ limit: String(Math.min(MAX_PAGE, wanted - ids.length)) });
    if (status) query.set('status', status);
    const last = ids.at(-1);
    if (last) query.set('after', last);
    const page = await (await send(`${PATH}?${query}`)).response.json();
    ids.push(...page.data.map((/** @type {Run} */ { id }) => id));
    hasMore = page.has_more;
  }
  return { ids, hasMore };
}

/** @param {string} id @returns {Promise<Run>} */
async function getRun(id) {
  return (await send(`${PATH}/${id}`)).response.json();
}

/** @param {Run} run */
const isOver = ({ status }) => status !== 'queued' && status !== 'in_progress';

/**
 * @param {Run} run
 * @param {{ cancel: (run: Run) => void, show: (run: Run) => void }} actions
 */
function runRow(run, { cancel, show }) {
  const { id, status, route, model, created_at, started_at, ended_at, usage, answer, error } = run;
  const seconds = started_at === null ? undefined : (ended_at ?? Date.now() / 1000) - started_at;
  const isStream = typeof answer?.last_event === 'number';
  const kind = status === 'completed' ? 'chip hit' : status === 'failed' ? 'chip bad' : 'chip';
  const button = (/** @type {string} */ text, /** @type {() => void} */ click) =>
    make('button', { type: 'button', class: 'plain', 'aria-label': `${text}: ${id}`, click }, text);
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, make('code', {}, id)),
    make('td', {}, make('span', { class: kind }, status.replace('_', ' ')), error?.code ? ` ${error.code}` : ''),
    make('td', {}, route, make('br'), make('span', { class: 'quiet' }, model ?? '')),
    make('td', {}, new Date(created_at * 1000).toLocaleString()),
    make('td', { class: 'number' }, seconds === undefined ? '' : seconds < 1 ? '< 1 s' : `${Math.round(seconds)} s`),
    make('td', { class: 'number' }, usage ? usage.total_tokens.toLocaleString('en-US') : ''),
    make(
      'td',
      { class: 'actions' },
      make(
        'div',
        { class: 'row' },
        ...(isOver(run) ? [] : [button('Cancel', () => cancel(run))]),
        ...(answer && (isStream || isOver(run)) ? [button('Show answer', () => show(run))] : []),
      ),
    ),
  );
}

/**
 * A stream as it arrives, else the answer of the model, its pictures, or the JSON.
 *
 * @param {Run} run
 * @param {HTMLElement} place
 * @param {AbortSignal} signal
 */
async function showAnswer({ id, answer }, place, signal) {
  if (typeof answer?.last_event === 'number') {
    const { response } = await send(eventsPath(id), { signal });
    if (!response.body) return;
    for await (const { choices } of streamEvents(response.body)) {
      place.append(choices?.[0]?.delta?.content ?? choices?.[0]?.text ?? '');
    }
    return;
  }
  const { response } = await send(`${PATH}/${id}/result`, { signal });
  if (!response.headers.get('content-type')?.includes('json')) {
    place.append(`${response.headers.get('content-type')}, ${(await response.arrayBuffer()).byteLength} bytes`);
    return;
  }
  const result = await response.json();
  const text = result.choices?.[0]?.message?.content ?? result.choices?.[0]?.text;
  if (typeof text === 'string') place.append(text);
  else if (result.data?.[0]?.b64_json) {
    for (const { b64_json } of result.data) {
      place.append(
        make('img', { src: `data:image/png;base64,${b64_json}`, alt: 'Generated image', class: 'run-picture' }),
      );
    }
  } else place.append(JSON.stringify(result, null, 2).slice(0, MAX_TEXT));
}
