import { find } from './dom.js';

const ORDER = /** @type {const} */ (['auto', 'light', 'dark']);
const NAMES = { auto: 'system', light: 'light', dark: 'dark' };

/*
 * Light, dark or system theme. The choice is stored in this browser. This is a separate module that blocks
 * the first paint, so no page flashes in the other theme.
 */
const button = find('#theme', HTMLButtonElement);
let theme = ORDER.find((candidate) => candidate === localStorage.getItem('theme')) ?? 'auto';
button.addEventListener('click', () => {
  theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'auto';
  localStorage.setItem('theme', theme);
  apply();
});
apply();

// Here, too, because it changes the first paint: the large header is for the first visit.
if (localStorage.getItem('visited') === null) document.documentElement.dataset.visit = 'first';
localStorage.setItem('visited', 'true');

function apply() {
  document.documentElement.dataset.theme = theme;
  const label = `Theme: ${NAMES[theme]}`;
  button.setAttribute('aria-label', label);
  button.title = label;
}
