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
  ['POST', '/v1/chat/completions', chatCompletions],
  ['POST', '/v1/completions', completions],
  ['POST', '/v1/embeddings', embeddings],
  ['POST', '/v1/similarity', similarity],
  ['POST', '/v1/classify', classify],
  ['POST', '/v1/images/generations', imageGenerations],
  ['GET', '/v1/models', listModels],
  ['GET', '/v1/models/:id{.+}', getModel],
  ['GET', '/livez', livez],
  ['GET', '/readyz', readyz],
]);
