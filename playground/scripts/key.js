import { find } from './dom.js';

/** The key that `npm start` sets on a local machine. It is not valid anywhere else. */
const LOCAL_KEY = 'sk-local';
const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/** Kept only in memory: not in storage and not in the URL. */
let key = isLocal ? LOCAL_KEY : '';

const changes = new EventTarget();

export function currentKey() {
  return key;
}

/**
 * The key for code snippets: the local key, which is not a secret, or the name of an environment variable.
 */
export function shownKey() {
  return key === LOCAL_KEY ? { literal: key } : { variable: 'CEDALION_API_KEY' };
}

/** @param {() => void} listener */
export function onKeyChange(listener) {
  changes.addEventListener('change', listener);
}

/** Opens the API key dialog. @param {string} [why] the API's message if it rejected a key */
export function askForKey(why = '') {
  const dialog = find('#key-dialog', HTMLDialogElement);
  const place = find('#key-why', HTMLElement);
  place.textContent = why;
  // Without a key nothing is wrong yet.
  place.className = key ? 'notice' : 'note';
  if (!dialog.open) dialog.showModal();
}

export function startKey() {
  const dialog = find('#key-dialog', HTMLDialogElement);
  const field = find('#key-field', HTMLInputElement);
  find('#key-open', HTMLButtonElement).addEventListener('click', () => askForKey());
  find('#key-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
  find('#key-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    key = field.value.trim();
    dialog.close();
    changes.dispatchEvent(new Event('change'));
  });
  // Removes the typed key from the page.
  dialog.addEventListener('close', () => {
    field.value = '';
  });
}
