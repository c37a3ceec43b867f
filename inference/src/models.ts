import type { ClipModel } from './clip.ts';
import { ApiError } from './errors.ts';
import type { ImageModel } from './image.ts';
import type { TextModel } from './text.ts';

/** The models that this server has loaded, one per task. A task that is turned off has none. */
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

/** The model called `id`, if it does `task`. @throws ApiError `model_not_found` or `unsupported_task` */
export function pick<Task extends keyof Models>(models: Models, task: Task, id: string): NonNullable<Models[Task]> {
  const model = models[task];
  if (model?.id === id) return model;
  if (Object.values(models).some((other) => other?.id === id)) {
    throw new ApiError('unsupported_task', `The model "${id}" does not ${TASKS[task]}.`, { param: 'model' });
  }
  throw notFound(id);
}

export function notFound(id: string): ApiError {
  return new ApiError('model_not_found', `The model "${id}" is not served here. GET /v1/models lists those that are.`, {
    param: 'model',
  });
}

/** A model id as it stands in a path: its slashes may be percent-encoded. */
export function idFromPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound(path);
  }
}
