import { startCatalogue } from './catalogue.js';
import { find } from './dom.js';
import { startImages } from './images.js';
import { startKey } from './key.js';
import { startModels } from './models.js';
import { startNavigation, whenShown } from './navigation.js';
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
// The code of these pages is loaded when they are first shown.
whenShown('prompts', async () => (await import('./prompts.js')).startPrompts());
whenShown('teach', async () => (await import('./teach.js')).startTeach());
whenShown('runs', async () => (await import('./runs.js')).startRuns());
whenShown('tokens', async () => (await import('./tokens.js')).startTokens());
whenShown('usage', async () => (await import('./usage.js')).startUsage());
whenShown('webhooks', async () => (await import('./webhooks.js')).startWebhooks());
await startCatalogue();
