import { startCatalogue } from './catalogue.js';
import { labelCells } from './cells.js';
import { startKey } from './key.js';
import { startNavigation, whenShown } from './navigation.js';
import { startText } from './text.js';

labelCells();
startKey();
startText();
startNavigation();
// The code of these pages is loaded when they are first shown.
/** @type {Promise<ReturnType<typeof import('./similarity.js').startSimilarity>> | undefined} */
let similarity;
const openSimilarity = () => {
  similarity ??= import('./similarity.js').then(({ startSimilarity }) => startSimilarity());
  return similarity;
};
whenShown('similarity', openSimilarity);
whenShown('images', async () => {
  const { startImages } = await import('./images.js');
  startImages({ compare: async (...image) => (await openSimilarity()).compare(...image) });
});
whenShown('prompts', async () => (await import('./prompts.js')).startPrompts());
whenShown('teach', async () => (await import('./teach.js')).startTeach());
whenShown('audio', async () => (await import('./audio.js')).startAudio());
whenShown('models', async () => (await import('./models.js')).startModels());
whenShown('runs', async () => (await import('./runs.js')).startRuns());
whenShown('tokens', async () => (await import('./tokens.js')).startTokens());
whenShown('usage', async () => (await import('./usage.js')).startUsage());
whenShown('webhooks', async () => (await import('./webhooks.js')).startWebhooks());
await startCatalogue();
