/** @typedef {Record<string, string | boolean>} FormState what is in the fields of a form, by their ids or names */

const NOT_KEPT = ['file', 'password', 'button', 'submit'];

/**
 * What was typed and chosen, without files.
 *
 * @param {HTMLFormElement} form
 * @returns {FormState}
 */
export function readState(form) {
  /** @type {FormState} */
  const state = {};
  for (const control of controlsOf(form)) {
    if (control instanceof HTMLInputElement && control.type === 'checkbox') state[keyOf(control)] = control.checked;
    else if (!isUncheckedRadio(control)) state[keyOf(control)] = control.value;
  }
  return state;
}

/**
 * Fills a form. Fields that the state does not have stay.
 *
 * @param {HTMLFormElement} form
 * @param {FormState} state
 */
export function writeState(form, state) {
  for (const control of controlsOf(form)) {
    const value = state[keyOf(control)];
    if (control instanceof HTMLInputElement && control.type === 'checkbox') {
      if (typeof value === 'boolean') control.checked = value;
    } else if (typeof value !== 'string') continue;
    else if (control instanceof HTMLInputElement && control.type === 'radio') control.checked = control.value === value;
    else if (control instanceof HTMLSelectElement) select(control, value);
    else control.value = value;
  }
}

/** @param {unknown} value @returns {value is FormState} */
export function isState(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((field) => typeof field === 'string' || typeof field === 'boolean')
  );
}

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** @param {HTMLFormElement} form @returns {Control[]} */
function controlsOf(form) {
  return [...form.elements].filter(
    /** @returns {element is Control} */
    (element) =>
      (element instanceof HTMLInputElement && !NOT_KEPT.includes(element.type)) ||
      element instanceof HTMLSelectElement ||
      element instanceof HTMLTextAreaElement,
  );
}

/** @param {Control} control */
const isUncheckedRadio = (control) =>
  control instanceof HTMLInputElement && control.type === 'radio' && !control.checked;

/** Checkboxes of one name differ in their values. @param {Control} control */
function keyOf(control) {
  const isBox = control instanceof HTMLInputElement && control.type === 'checkbox';
  return control.id || (isBox ? `${control.name}=${control.value}` : control.name);
}

/** Some options come later, with the list of models. @param {HTMLSelectElement} control @param {string} value */
function select(control, value) {
  if (value === '') return;
  if (![...control.options].some((option) => option.value === value)) control.append(new Option(value, value));
  control.value = value;
}
