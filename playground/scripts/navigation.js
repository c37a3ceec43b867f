import { find } from './dom.js';

/** Shows one page at a time, selected by the URL fragment. Links, the back button and reloading therefore work. */
export function startNavigation() {
  const sections = [...document.querySelectorAll('main > section')].filter((section) => section instanceof HTMLElement);
  const show = (/** @type {boolean} */ moveFocus) => {
    const wanted = location.hash.slice(1);
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
    const heading = find('h2', HTMLHeadingElement, shown);
    document.title = `${heading.textContent} · Cedalion`;
    if (moveFocus) heading.focus({ preventScroll: true });
  };
  window.addEventListener('hashchange', () => {
    // The skip link also changes the fragment, but its target is not a page.
    if (location.hash === '' || sections.some(({ id }) => id === location.hash.slice(1))) show(true);
  });
  show(false);
}

/**
 * Starts a page when it is shown for the first time: its scripts are not part of the first visit.
 *
 * @param {string} id of the section
 * @param {() => unknown} start
 */
export function whenShown(id, start) {
  const startIfShown = () => {
    if (location.hash !== `#${id}`) return;
    window.removeEventListener('hashchange', startIfShown);
    start();
  };
  window.addEventListener('hashchange', startIfShown);
  startIfShown();
}
