/** Typed helpers to find and create elements. */

/**
 * Finds an element. A missing element is a bug, because markup and scripts belong together.
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
  throw new Error(`This page has no ${type.name} ${selector}.`);
}

/**
 * Creates an element. Strings are inserted as text and never parsed as markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | EventListener | undefined>} [attributes] a function
 * becomes a listener for the event of its name. `true` sets an attribute without a value. `false` and
 * undefined omit it
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

/**
 * Replaces what is in a list, and keeps the focus in it: on the button of the same name. If a button has
 * gone, the focus moves to the place around, so that a second Enter does nothing to another row.
 *
 * @param {Element} list
 * @param {readonly Node[]} children
 * @param {HTMLElement | null} [around] can have the focus
 */
export function refill(list, children, around = list.closest('[tabindex]')) {
  const focused = list.contains(document.activeElement) ? document.activeElement : undefined;
  const before = list.querySelectorAll('button').length;
  list.replaceChildren(...children);
  if (!focused) return;
  const buttons = [...list.querySelectorAll('button')];
  const same = buttons.length < before ? undefined : buttons.find(({ ariaLabel }) => ariaLabel === focused.ariaLabel);
  (same ?? around)?.focus();
}

/**
 * A Delete button that asks first: Yes and No take its place. No has the focus, so that a second Enter
 * deletes nothing.
 *
 * @param {string} what is deleted, for screen readers
 * @param {() => void} action
 * @returns {HTMLElement}
 */
export function deleteButton(what, action) {
  const label = `Delete: ${what}`;
  const close = () => {
    question.replaceWith(button);
    button.focus();
  };
  const yes = () => {
    close();
    action();
  };
  const no = make('button', { type: 'button', class: 'plain', click: close }, 'No');
  const question = make(
    'span',
    {
      ...{ role: 'group', class: 'question', 'aria-label': `${label}?` },
      keydown: (event) => {
        if (event instanceof KeyboardEvent && event.key === 'Escape') close();
      },
    },
    'Delete? ',
    make('button', { type: 'button', class: 'plain bad', click: yes }, 'Yes'),
    no,
  );
  const ask = () => {
    button.replaceWith(question);
    no.focus();
  };
  const button = make('button', { type: 'button', class: 'plain', 'aria-label': label, click: ask }, 'Delete');
  return button;
}

/** Announces text to screen readers without moving the focus. @param {string} text */
export function announce(text) {
  find('#announcer', HTMLElement).textContent = text;
}

/**
 * Takes files that are dropped on an element, and marks it meanwhile. Elements around it do not get them.
 *
 * @param {HTMLElement} element
 * @param {HTMLElement} mark what shows that files can be dropped
 * @param {(files: readonly File[]) => void} take
 */
export function takeDropped(element, mark, take) {
  element.addEventListener('dragover', (event) => {
    event.preventDefault();
    event.stopPropagation();
    mark.classList.add('over');
  });
  element.addEventListener('dragleave', () => mark.classList.remove('over'));
  element.addEventListener('drop', (event) => {
    event.preventDefault();
    event.stopPropagation();
    mark.classList.remove('over');
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

/**
 * Takes files that are pasted while a page is shown.
 *
 * @param {HTMLElement} section
 * @param {(files: readonly File[]) => void} take
 */
export function takePasted(section, take) {
  document.addEventListener('paste', (event) => {
    if (!section.hidden) take([...(event.clipboardData?.files ?? [])]);
  });
}

/**
 * Ctrl and Enter in any field submit a form. Enter alone is a new line.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement} [submitter]
 */
export function submitByKeys(form, submitter) {
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    form.requestSubmit(submitter);
  });
}
