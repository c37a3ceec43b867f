/** Finding and making elements, typed. */

/**
 * The element that a selector names; the markup and the scripts belong together, so a miss is a mistake here.
 *
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function find(selector, type, within = document) {
  const element = within.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`There is no ${type.name} ${selector} in this page.`);
}

/**
 * Makes an element. Text goes in as text: nothing that an answer holds is ever read as markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | EventListener | undefined>} [attributes] a function listens to the
 *   event of its name; `true` sets an attribute without a value; `false` and undefined leave it out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** Speaks to screen readers without moving the focus. @param {string} text */
export function announce(text) {
  find('#announcer', HTMLElement).textContent = text;
}
