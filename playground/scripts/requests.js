import { announce, find, make } from './dom.js';
import { isState, readState, writeState } from './form-state.js';
import { keep, kept } from './storage.js';

/**
 * Keeps what is in the form of a page: in this tab over a reload, in this browser as a history, and in a link
 * that opens the request. Neither keys nor files are kept, and nothing is sent until the user sends it.
 */

/** @typedef {import('./form-state.js').FormState} FormState */
/** @typedef {{ page: string, at: number, title: string, state: FormState }} Sent */

const HISTORY = 'history';
const MAX_SENT = 50;
const MAX_TITLE = 80;

/**
 * @param {string} page the id of its section
 * @param {HTMLFormElement} form
 * @param {{ title: () => string, onOpened?: (state: FormState) => void }} options `title` names the request in the history;
 * `onOpened` is called when one was opened
 */
export function rememberRequests(page, form, { title, onOpened = () => {} }) {
  const defaults = readState(form);
  const draft = keepDraft(page, form);
  const { changed } = draft;
  /** @param {FormState} state */
  const open = (state) => {
    writeState(form, { ...defaults, ...state });
    changed();
    onOpened(state);
  };
  const history = historyView(page, open);
  const link = make(
    'button',
    { type: 'button', class: 'plain', click: () => copyLink(page, differences(), link) },
    'Copy link',
  );
  const differences = () =>
    Object.fromEntries(Object.entries(readState(form)).filter(([name, value]) => defaults[name] !== value));
  find(`#${page} > h2`, HTMLElement).after(make('div', { class: 'page-tools' }, history.element, link));

  window.addEventListener('hashchange', () => {
    const state = takeLink(page);
    if (state) open(state);
  });
  return {
    changed,
    /** Adds the request to the history. */
    sent() {
      const state = differences();
      const others = sentRequests().filter(
        (it) => it.page !== page || JSON.stringify(it.state) !== JSON.stringify(state),
      );
      const entry = { page, at: Date.now(), title: title().trim().slice(0, MAX_TITLE) || 'Request', state };
      keep('localStorage', HISTORY, [entry, ...others].slice(0, MAX_SENT));
      history.show();
    },
    /** Fills the form from the link of this page, or from what was typed before a reload. @returns {FormState | undefined} */
    restore() {
      const linked = takeLink(page);
      if (!linked) return draft.restore();
      writeState(form, { ...defaults, ...linked });
      changed();
      return linked;
    },
  };
}

/**
 * Keeps what is typed in a form in this tab, over a reload.
 *
 * @param {string} page
 * @param {HTMLFormElement} form
 * @returns {{ changed: () => void, restore: () => FormState | undefined }} `restore` returns what it restored
 */
export function keepDraft(page, form) {
  const name = `draft-${page}`;
  const changed = () => keep('sessionStorage', name, readState(form));
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  return {
    changed,
    restore() {
      const state = kept('sessionStorage', name);
      if (!isState(state)) return undefined;
      writeState(form, state);
      return state;
    },
  };
}

/** @returns {Sent[]} latest first */
function sentRequests() {
  const found = kept('localStorage', HISTORY);
  return Array.isArray(found) ? found.filter((it) => isState(it?.state)) : [];
}

/** @param {string} page @param {(state: FormState) => void} open */
function historyView(page, open) {
  const list = make('ol', { class: 'history-list' });
  const note = make('p', { class: 'note' }, 'Kept only in this browser.');
  const forget = make('button', { type: 'button', class: 'plain' }, 'Clear history');
  const element = make('details', { class: 'history' }, make('summary', { class: 'plain' }, 'History'));
  element.append(
    make(
      'div',
      { class: 'history-panel' },
      list,
      make('div', { class: 'row' }, note, make('span', { class: 'grow' }), forget),
    ),
  );
  const close = () => {
    element.open = false;
    find('summary', HTMLElement, element).focus();
  };
  const show = () => {
    const mine = sentRequests().filter((it) => it.page === page);
    forget.hidden = mine.length === 0;
    list.replaceChildren(
      ...mine.map(({ title, at, state }) => {
        const click = () => {
          open(state);
          close();
          announce('Request opened.');
        };
        const time = make('span', { class: 'quiet' }, new Date(at).toLocaleString());
        return make('li', {}, make('button', { type: 'button', click }, make('span', { dir: 'auto' }, title), time));
      }),
      ...(mine.length === 0 ? [make('li', { class: 'note' }, 'Nothing sent from this page yet.')] : []),
    );
  };
  forget.addEventListener('click', () => {
    keep(
      'localStorage',
      HISTORY,
      sentRequests().filter((it) => it.page !== page),
    );
    show();
    close();
  });
  element.addEventListener('toggle', show);
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && element.open) close();
  });
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Node && !element.contains(target)) element.open = false;
  });
  return { element, show };
}

/**
 * Copies the address of this page with what is in its form.
 *
 * @param {string} page
 * @param {FormState} state
 * @param {HTMLElement} button
 */
async function copyLink(page, state, button) {
  const text = new TextEncoder().encode(JSON.stringify(state)).toBase64({ alphabet: 'base64url', omitPadding: true });
  const address = `${location.origin}${location.pathname}#${page}?r=${text}`;
  try {
    await navigator.clipboard.writeText(address);
    button.textContent = 'Copied';
    announce('Link copied.');
  } catch {
    // No permission: the address bar has it.
    history.replaceState(null, '', address);
    button.textContent = 'In the address bar';
  }
  setTimeout(() => {
    button.textContent = 'Copy link';
  }, 1600);
}

/**
 * The request of the link that was followed. It goes from the address bar, so that a reload keeps what is
 * typed then.
 *
 * @param {string} page
 * @returns {FormState | undefined}
 */
function takeLink(page) {
  const [name, query = ''] = location.hash.slice(1).split('?');
  const text = new URLSearchParams(query).get('r');
  if (name !== page || text === null) return undefined;
  history.replaceState(null, '', `#${page}`);
  try {
    const state = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: 'base64url' })));
    if (isState(state)) return state;
  } catch {
    // Cut while it was copied.
  }
  announce('The link of this request is damaged.');
  return undefined;
}
