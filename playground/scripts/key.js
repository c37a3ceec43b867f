import { find } from './dom.js';

/** The key that `npm start` sets on a developer's own machine; it opens nothing elsewhere. */
const LOCAL_KEY = 'sk-local';
const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/** In memory only: not in storage, not in the address, gone with the page. */
let key = isLocal ? LOCAL_KEY : '';

const changes = new EventTarget();

export function currentKey() {
  return key;
}

/** The key as a snippet may show it: the local one, which is no secret, or the name of a variable. */
export function shownKey() {
  return key === LOCAL_KEY ? { literal: key } : { variable: 'CEDALION_API_KEY' };
}

/** @param {() => void} listener */
export function onKeyChange(listener) {
  changes.addEventListener('change', listener);
}

/** Asks for a key. @param {string} [why] the API's own words, where it refused one */
export function askForKey(why = '') {
  const dialog = find('#key-dialog', HTMLDialogElement);
  find('#key-why', HTMLElement).textContent = why;
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
  // Whatever was typed does not stay in the page's markup.
  dialog.addEventListener('close', () => {
    field.value = '';
  });
}
