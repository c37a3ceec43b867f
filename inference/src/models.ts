import type { ClipModel } from './clip.ts';
import { ApiError } from './errors.ts';
import type { ImageModel } from './image.ts';
import type { TextModel } from './text.ts';

/** The loaded models, one per task. A task that is turned off has none. */
export interface Models {
  clip?: ClipModel | undefined;
  text?: TextModel | undefined;
  image?: ImageModel | undefined;
}

const TASKS = {
  clip: 'embed text and images',
  text: 'generate text',
  image: 'generate images',
} as const;

/** The model named `id`, if it supports `task`. @throws ApiError `model_not_found` or `unsupported_task` */
export function pick<Task extends keyof Models>(models: Models, task: Task, id: string): NonNullable<Models[Task]> {
  const model = models[task];
  if (model?.id === id) return model;
  if (Object.values(models).some((other) => other?.id === id)) {
    throw new ApiError('unsupported_task', `The model "${id}" cannot ${TASKS[task]}.`, { param: 'model' });
  }
  throw notFound(id);
}

export function notFound(id: string): ApiError {
  return new ApiError('model_not_found', `The model "${id}" does not exist. GET /v1/models lists the models.`, {
    param: 'model',
  });
}

/** Decodes a model id from a URL path, where its slashes may be percent-encoded. */
export function idFromPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound(path);
  }
}
