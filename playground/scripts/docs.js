import { find } from './dom.js';

find('#address', HTMLElement).textContent = location.origin;

// Long examples scroll, so they must be focusable by keyboard.
for (const frame of document.querySelectorAll('pre')) frame.tabIndex = 0;
