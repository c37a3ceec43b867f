import { chatCompletions } from '../routes/chat.ts';
import { classify } from '../routes/classify.ts';
import { completions } from '../routes/completions.ts';
import { embeddings } from '../routes/embeddings.ts';
import { livez, readyz } from '../routes/health.ts';
import { imageGenerations } from '../routes/images.ts';
import { getModel, listModels } from '../routes/models.ts';
import { similarity } from '../routes/similarity.ts';
import { createApp } from './app.ts';

/** The Worker: the app and its routes. The only file in src/ that knows the routes. */
export default createApp([
  chatCompletions,
  completions,
  embeddings,
  similarity,
  classify,
  imageGenerations,
  listModels,
  getModel,
  livez,
  readyz,
]);
