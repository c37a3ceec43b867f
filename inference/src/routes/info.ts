import { type App, get } from '../app.ts';
import { idFromPath, type Models, notFound } from '../models.ts';

const STARTED = Math.floor(Date.now() / 1000);

/**
 * `GET /v1/models`, Infinity's `GET /models`, and `GET /v1/models/{id}`, compatible with OpenAI, with
 * additional fields about the model.
 */
export function modelList(app: App): void {
  get(app, ['/v1/models', '/models'], (c) => c.json({ object: 'list', data: describe(c.var.models) }));
  get(app, ['/v1/models/*'], (c) => {
    const id = idFromPath(c.req.path.slice('/v1/models/'.length));
    const model = describe(c.var.models).find((candidate) => candidate.id === id);
    if (!model) throw notFound(id);
    return c.json(model);
  });
}

function describe({ clip, text, image }: Models) {
  const entry = (id: string) => ({
    id,
    object: 'model',
    created: STARTED,
    owned_by: id.includes('/') ? id.slice(0, id.indexOf('/')) : 'local',
  });
  return [
    text && { ...entry(text.id), task: 'text-generation', context_length: text.contextLength },
    clip && {
      ...entry(clip.id),
      task: 'embeddings',
      modalities: ['text', 'image'],
      dimensions: clip.dimensions,
      logit_scale: clip.logitScale ?? null,
      logit_bias: clip.logitBias ?? null,
      revision: clip.revision,
      formats: clip.formats,
    },
    image && { ...entry(image.id), task: 'text-to-image', min_size: image.minSize, max_size: image.maxSize },
  ].filter((model) => model !== undefined);
}

/** `GET /health`: the loaded models and the queue lengths. Answers 503 until the models are loaded. */
export function health(app: App): void {
  get(app, ['/health'], (c) => {
    const { models, textGate, imageGate } = c.var;
    const load = models.clip?.load();
    return c.json({
      status: 'ok',
      models: [models.text, models.clip, models.image].flatMap((model) => model?.id ?? []),
      queues: {
        ...(models.text ? { text_generation: textGate.depth } : {}),
        ...(models.image ? { image_generation: imageGate.depth } : {}),
        ...(load ? { text_embedding: load.text, image_embedding: load.image } : {}),
      },
    });
  });
}
