import { accepts } from 'hono/accepts';
import { z } from 'zod';
import { type App, type AppContext, post, readBody } from '../app.ts';
import type { ClipModel } from '../clip.ts';
import { ApiError } from '../errors.ts';
import { unsupported } from '../generation.ts';
import { idFromPath, notFound, pick } from '../models.ts';
import { encodePicture, type PictureFormat } from '../picture.ts';

const TextToImage = z.object({
  inputs: z.string().min(1),
  parameters: z
    .object({
      width: z.int().nullish(),
      height: z.int().nullish(),
      seed: z.int().nullish(),
      negative_prompt: unsupported(z.literal('')),
    })
    .nullish(),
});

const FeatureExtraction = z.object({
  inputs: z.union(
    [z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)],
    'Must be a non-empty string or an array of 1 to 2048 non-empty strings.',
  ),
});

const Base64 = z.base64().min(1);

const ZeroShotImageClassification = z.object({
  // The task's specification defines the string. Hugging Face's JavaScript client sends the object.
  inputs: z
    .union([Base64, z.object({ image: Base64 })], 'Must be a base64-encoded image.')
    .transform((inputs) => (typeof inputs === 'string' ? inputs : inputs.image)),
  parameters: z.object({
    candidate_labels: z.array(z.string().min(1)).min(1).max(1024),
    hypothesis_template: z.string().includes('{}', 'Must contain {}.').default('This is a photo of {}.'),
  }),
});

/**
 * Hugging Face's hf-inference API. `POST /models/{id}` derives the task from the model and the body. Hugging
 * Face clients also use the form with a trailing `/pipeline/{task}`.
 */
export function tasks(app: App): void {
  post(app, ['/models/*', '/hf-inference/models/*'], async (c) => {
    const [, path = '', task] = /\/models\/(.+?)(?:\/pipeline\/([\w-]+))?$/.exec(c.req.path) ?? [];
    const id = idFromPath(path);
    const { clip, text, image } = c.var.models;
    if (id === image?.id && (task ?? 'text-to-image') === 'text-to-image') return textToImage(c, id);
    if (id === clip?.id && task === 'feature-extraction') return featureExtraction(c, clip);
    if (id === clip?.id && task === 'zero-shot-image-classification') return classify(c, clip);
    if (id === clip?.id && task === undefined) {
      const body = await readBody(c, z.looseObject({ parameters: z.looseObject({}).nullish() }));
      return body.parameters?.candidate_labels === undefined ? featureExtraction(c, clip) : classify(c, clip);
    }
    if (id !== clip?.id && id !== text?.id && id !== image?.id) throw notFound(id);
    const unsupportedTask = task === undefined ? 'any task of this route' : `the task "${task}"`;
    throw new ApiError('unsupported_task', `The model "${id}" does not support ${unsupportedTask}.`);
  });
}

const FORMATS: Record<string, PictureFormat> = { 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/webp': 'webp' };

async function textToImage(c: AppContext, id: string): Promise<Response> {
  const { inputs: prompt, parameters } = await readBody(c, TextToImage);
  const model = pick(c.var.models, 'image', id);
  const { signal } = c.req.raw;
  const picture = await c.var.imageGate.run(signal, () =>
    model.generate({
      prompt,
      width: parameters?.width ?? undefined,
      height: parameters?.height ?? undefined,
      seed: parameters?.seed ?? undefined,
      signal,
    }),
  );
  const type = accepts(c, { header: 'Accept', supports: Object.keys(FORMATS), default: 'image/png' });
  const file = await encodePicture(picture, FORMATS[type] ?? 'png');
  return c.body(Uint8Array.from(file), 200, { 'Content-Type': type });
}

/** Returns one vector for a string and an array of vectors for an array. */
async function featureExtraction(c: AppContext, clip: ClipModel): Promise<Response> {
  const { inputs } = await readBody(c, FeatureExtraction);
  const { vectors } = await clip.embedTexts([inputs].flat(), c.req.raw.signal);
  const rows = vectors.map((vector) => Array.from(vector));
  return c.json(typeof inputs === 'string' ? rows[0] : rows);
}

/** A template repeats its labels and itself: a request of megabytes could otherwise ask for gigabytes. */
const MAX_PROMPT_CHARACTERS = 10_000_000;

function promptsOf(labels: string[], template: string): string[] {
  const places = template.split('{}').length - 1;
  const characters = labels.reduce((sum, label) => sum + template.length + places * label.length, 0);
  if (characters > MAX_PROMPT_CHARACTERS) {
    const message = `"parameters.hypothesis_template" is too long for these labels: with it, they have more than ${MAX_PROMPT_CHARACTERS} characters.`;
    throw new ApiError('invalid_value', message, { param: 'parameters.hypothesis_template' });
  }
  return labels.map((label) => template.replaceAll('{}', () => label));
}

/** CLIP: a softmax over the labels. SigLIP: an independent probability per label. Highest score first. */
async function classify(c: AppContext, clip: ClipModel): Promise<Response> {
  const { inputs, parameters } = await readBody(c, ZeroShotImageClassification);
  const { candidate_labels: labels, hypothesis_template: template } = parameters;
  const { signal } = c.req.raw;
  const prompts = promptsOf(labels, template);
  const [image, texts] = await Promise.all([
    clip.embedImages([Buffer.from(inputs, 'base64')], signal),
    clip.embedTexts(prompts, signal),
  ]);
  const [vector] = image.vectors as [Float32Array];
  const scores = clip.scores(vector, texts.vectors);
  const ranked = labels.map((label, i) => ({ label, score: scores[i] as number })).sort((a, b) => b.score - a.score);
  return c.json(ranked);
}
