import { startCatalogue } from './catalogue.js';
import { find } from './dom.js';
import { startImages } from './images.js';
import { startKey } from './key.js';
import { startModels } from './models.js';
import { startNavigation, whenShown } from './navigation.js';
import { startRuns } from './runs.js';
import { startSimilarity } from './similarity.js';
import { drawSky } from './sky.js';
import { startText } from './text.js';
import { startTokens } from './tokens.js';
import { startUsage } from './usage.js';
import { startWebhooks } from './webhooks.js';

drawSky(find('#sky', HTMLElement));
startKey();
startText();
const similarity = startSimilarity();
startImages({ compare: similarity.compare });
whenShown('teach', async () => (await import('./teach.js')).startTeach());
startModels();
startRuns();
startTokens();
startUsage();
startWebhooks();
startNavigation();
// The code of this page is loaded when it is first shown.
whenShown('prompts', async () => (await import('./prompts.js')).startPrompts());
await startCatalogue();
