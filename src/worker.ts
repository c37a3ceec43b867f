import { speech } from '../routes/audio-speech.ts';
import { transcriptions, translations } from '../routes/audio-transcriptions.ts';
import { deleteCache } from '../routes/cache.ts';
import { chatCompletions } from '../routes/chat.ts';
import { listExamples } from '../routes/classifier-examples.ts';
import {
  createClassifier,
  deleteClassifier,
  getClassifier,
  listClassifiers,
  updateClassifier,
} from '../routes/classifiers.ts';
import { classify } from '../routes/classify.ts';
import { clientSecrets } from '../routes/client-secrets.ts';
import { completions } from '../routes/completions.ts';
import { embeddings } from '../routes/embeddings.ts';
import { livez, readyz } from '../routes/health.ts';
import { receiveHook } from '../routes/hooks.ts';
import { hubRoutes } from '../routes/hub.ts';
import { imageGenerations } from '../routes/images.ts';
import { imageEdits } from '../routes/images-edits.ts';
import { mcp } from '../routes/mcp.ts';
import { countMessageTokens, createMessage } from '../routes/messages.ts';
import { getModel, listModels } from '../routes/models.ts';
import { moderations } from '../routes/moderations.ts';
import { getPrompt, listPrompts, renderPrompt, runPrompt } from '../routes/prompts.ts';
import { rerankRoutes } from '../routes/rerank.ts';
import {
  cancelResponse,
  countInputTokens,
  createResponse,
  deleteResponse,
  getResponse,
  listInputItems,
} from '../routes/responses.ts';
import { cancelRun, getRun, listRuns, runEvents, runResult } from '../routes/runs.ts';
import { similarity } from '../routes/similarity.ts';
import { usage } from '../routes/usage.ts';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  getWebhookEndpoint,
  listDeliveries,
  listWebhookEndpoints,
  redeliver,
  rotateWebhookSecret,
  testWebhookEndpoint,
  updateWebhookEndpoint,
} from '../routes/webhook-endpoints.ts';
import { createApp } from './app.ts';
import { announceRunEnd } from './run-end.ts';
import { RunObject } from './runs/run-object.ts';
import type { RunRecord } from './runs/run-record.ts';

export { Limiter } from './metering/limiter.ts';
export { UsageLog } from './metering/usage-log.ts';
export { RunList } from './runs/run-list.ts';
export { WebhookSender } from './runs/webhooks/webhook-sender.ts';
export { Classifiers } from './vectors/classifiers/classifiers.ts';

/** The Worker: the app and its routes. The only file in src/ that knows the routes. */
const routes = [
  chatCompletions,
  completions,
  createMessage,
  countMessageTokens,
  createResponse,
  countInputTokens,
  getResponse,
  cancelResponse,
  deleteResponse,
  listInputItems,
  embeddings,
  similarity,
  classify,
  listClassifiers,
  createClassifier,
  getClassifier,
  updateClassifier,
  deleteClassifier,
  listExamples,
  imageGenerations,
  imageEdits,
  transcriptions,
  translations,
  speech,
  ...hubRoutes,
  ...rerankRoutes,
  moderations,
  listModels,
  getModel,
  listPrompts,
  getPrompt,
  runPrompt,
  renderPrompt,
  clientSecrets,
  usage,
  deleteCache,
  listRuns,
  getRun,
  cancelRun,
  runEvents,
  runResult,
  listWebhookEndpoints,
  createWebhookEndpoint,
  getWebhookEndpoint,
  updateWebhookEndpoint,
  deleteWebhookEndpoint,
  rotateWebhookSecret,
  testWebhookEndpoint,
  listDeliveries,
  redeliver,
  receiveHook,
  mcp,
  livez,
  readyz,
];

export default createApp(routes);

/** One recorded execution of a route. */
export class Run extends RunObject {
  protected override readonly routes = routes;

  protected override onEnd(run: RunRecord, answer: () => string): Promise<void> {
    return announceRunEnd(run, answer, this.env);
  }
}
