import { find } from './dom.js';
import { drawSky } from './sky.js';

drawSky(find('#sky', HTMLElement));

// Long examples scroll, so they must be focusable by keyboard.
for (const frame of document.querySelectorAll('pre')) frame.tabIndex = 0;
