import { ApiFailure } from './api.js';
import { find } from './dom.js';
import { showFailure } from './failure-view.js';

/** The id of the page; a link can have a request after it. */
const pageInAddress = () => location.hash.slice(1).split('?')[0];

/**
 * Shows one page at a time, selected by the URL fragment. Links, the back button and reloading therefore
 * work.
 */
export function startNavigation() {
  const sections = [...document.querySelectorAll('main > section')].filter((section) => section instanceof HTMLElement);
  const show = (/** @type {boolean} */ moveFocus) => {
    const wanted = pageInAddress();
    const shown = sections.find(({ id }) => id === wanted) ?? sections[0];
    for (const section of sections) {
      section.hidden = section !== shown;
      const link = find(`nav a[href="#${section.id}"]`, HTMLAnchorElement);
      if (section === shown) {
        link.setAttribute('aria-current', 'page');
        // On a phone not all links fit.
        link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      } else link.removeAttribute('aria-current');
    }
    if (!shown) return;
    // The large header greets on the first page of the first visit.
    if (shown !== sections[0]) delete document.documentElement.dataset.visit;
    const heading = find('h2', HTMLHeadingElement, shown);
    document.title = `${heading.textContent} · Cedalion`;
    if (!moveFocus) return;
    heading.focus({ preventScroll: true });
    window.scrollTo({ top: 0, behavior: 'instant' });
  };
  window.addEventListener('hashchange', () => {
    // The skip link also changes the fragment, but its target is not a page.
    if (location.hash === '' || sections.some(({ id }) => id === pageInAddress())) show(true);
  });
  show(false);
}

/**
 * Loads the code of a page when it is first shown. Until then nothing on it can be used, so that no click is
 * lost.
 *
 * @param {string} id
 * @param {() => Promise<unknown>} start
 */
export function whenShown(id, start) {
  const section = find(`#${id}`, HTMLElement);
  const controller = new AbortController();
  const check = async () => {
    if (pageInAddress() !== id) return;
    controller.abort();
    // The heading has the focus.
    const parts = [...section.querySelectorAll(':scope > :not(h2)')];
    for (const part of parts) part.toggleAttribute('inert', true);
    try {
      await start();
    } catch (error) {
      showFailure(
        find('.failure', HTMLElement, section),
        new ApiFailure({ code: 'not_loaded', message: 'The code of this page could not be loaded.' }),
      );
      throw error;
    } finally {
      for (const part of parts) part.toggleAttribute('inert', false);
    }
  };
  window.addEventListener('hashchange', check, { signal: controller.signal });
  check();
}
