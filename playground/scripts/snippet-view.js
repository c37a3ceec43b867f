import { copyButton } from './copy-button.js';
import { make } from './dom.js';

/** @typedef {readonly (readonly [language: string, code: string])[]} Snippets */

let views = 0;
/** The selected language, shared by all views of the page. */
let language = 'curl';
const changes = new EventTarget();

/**
 * Shows code in one of several languages, with a copy button.
 *
 * @param {HTMLElement} place
 */
export function snippetView(place) {
  const name = `language-${views++}`;
  const choice = make('fieldset', { class: 'segments' }, make('legend', { class: 'unseen' }, 'Language'));
  const code = make('code');
  const frame = make('pre', { tabindex: 0, 'aria-label': 'Request code' }, code);
  place.append(make('div', { class: 'snippet-head' }, choice, copyButton(code)), frame);
  /** @type {Snippets} */
  let snippets = [];

  const showCode = () => {
    // Not every page has every language.
    const shown = snippets.find(([candidate]) => candidate === language) ?? snippets[0];
    code.textContent = shown?.[1] ?? '';
    for (const radio of choice.querySelectorAll('input')) radio.checked = radio.value === shown?.[0];
  };
  changes.addEventListener('change', showCode);

  return {
    /** @param {Snippets} next */
    show(next) {
      if (snippets.length === 0) {
        for (const [offered] of next) {
          const radio = make('input', { type: 'radio', name, value: offered });
          radio.addEventListener('change', () => {
            language = offered;
            changes.dispatchEvent(new Event('change'));
          });
          choice.append(make('label', {}, radio, make('span', {}, offered)));
        }
      }
      snippets = next;
      showCode();
    },
  };
}
