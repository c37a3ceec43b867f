import { find } from './dom.js';

/**
 * The mode of a form: what is for other modes is hidden, and not checked.
 *
 * @param {HTMLFormElement} form with radio buttons of the name, and elements with `data-mode`
 * @param {string} name
 * @returns {{ current: () => string, show: () => void }} `show` follows a change that no user made
 */
export function formModes(form, name) {
  const current = () => find(`input[name="${name}"]:checked`, HTMLInputElement, form).value;
  const show = () => {
    const mode = current();
    for (const part of form.querySelectorAll('[data-mode]')) {
      if (part instanceof HTMLElement) part.hidden = part.dataset.mode !== mode;
    }
  };
  form.addEventListener('change', show);
  show();
  return { current, show };
}
