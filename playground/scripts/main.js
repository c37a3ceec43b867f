import { startCatalogue } from './catalogue.js';
import { find } from './dom.js';
import { startImages } from './images.js';
import { startKey } from './key.js';
import { startModels } from './models.js';
import { startNavigation } from './navigation.js';
import { startSimilarity } from './similarity.js';
import { drawSky } from './sky.js';
import { startText } from './text.js';

drawSky(find('#sky', HTMLElement));
startKey();
startText();
const similarity = startSimilarity();
startImages({ compare: similarity.compare });
startModels();
startNavigation();
await startCatalogue();
