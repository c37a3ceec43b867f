import { ApiError } from '../errors.ts';
import { clipEndpoint, openaiHost } from '../hosts.ts';
import * as openai from '../providers/openai.ts';
import type { Settings } from '../settings.ts';
import type { Model, Target, Task } from '../tasks.ts';
import { aliases, catalogue } from './catalogue.ts';

type ModelOf<T extends Task> = Extract<Model, { task: T }>;

/** The model at CLIP_ENDPOINT_URL where CLIP_ENDPOINT_MODEL does not say. */
const DEFAULT_CLIP_MODEL = 'openai/clip-vit-base-patch32';
/** `openai/<id>` is model `<id>` at the host of OPENAI_BASE_URL, whatever that host serves. */
const OPENAI_PREFIX = 'openai/';

const byId = new Map(catalogue.map((model) => [model.id, model]));

/**
 * Finds the model that a caller named, with those of its targets that are available.
 *
 * @param tasks what the route can do with a model
 * @throws ApiError `model_not_found`, `wrong_task` or `model_unavailable`, with `param: "model"`
 */
export function resolve<T extends Task>(
  name: string,
  tasks: readonly T[],
  settings: Settings,
  { dimensions }: { dimensions?: number | undefined } = {},
): ModelOf<T> {
  const candidates = candidatesFor(name, () => unlisted(name, tasks[0], settings, dimensions));
  const fitting = candidates.filter((model): model is ModelOf<T> => tasks.includes(model.task as T));
  const [first] = candidates;
  if (!first) {
    throw new ApiError('model_not_found', 'There is no model of this name. GET /v1/models lists what there is.', {
      param: 'model',
    });
  }
  if (fitting.length === 0) {
    throw new ApiError('wrong_task', `The model ${first.id} does ${first.task}, which this route does not offer.`, {
      param: 'model',
    });
  }
  for (const model of fitting) {
    const available = withAvailableTargets(model, settings);
    if (available) return available;
  }
  const needed = [...new Set(fitting.flatMap(settingsNeeded))];
  throw new ApiError('model_unavailable', `This model needs one of these settings: ${needed.join(', ')}.`, {
    param: 'model',
  });
}

function candidatesFor(name: string, unlisted: () => Model): readonly Model[] {
  const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  if (alias) return alias.flatMap((id) => byId.get(id) ?? []);
  const listed = byId.get(name);
  if (listed) return [listed];
  return name.startsWith(OPENAI_PREFIX) && name.length > OPENAI_PREFIX.length ? [unlisted()] : [];
}

/** A model that only its host knows: taken for whatever the route does. */
function unlisted(name: string, task: Task | undefined, { values }: Settings, dimensions: number | undefined): Model {
  const id = name.slice(OPENAI_PREFIX.length);
  const note = 'At the host of OPENAI_BASE_URL.';
  if (task !== 'embedding') {
    return { id: name, task: 'text-generation', note, targets: [openai.chatAndCompletions(openaiHost, id)] };
  }
  // Another host may serve another model by this name, and vectors of chosen dimensions need not be cuts of whole ones.
  const space = { id: `openai:${values.OPENAI_BASE_URL}:${id}:${dimensions ?? 'whole'}` };
  return {
    id: name,
    task,
    note,
    space: dimensions === undefined ? space : { ...space, dimensions },
    targets: [openai.embedding(openaiHost, id, '', dimensions)],
  };
}

/** @returns the model with its available targets only, or undefined where it has none. */
export function withAvailableTargets<M extends Model>(model: M, settings: Settings): M | undefined {
  const targets = (model.targets as readonly Target[]).filter((target) => isAvailable(target, settings));
  return targets.length > 0 ? { ...model, targets } : undefined;
}

function isAvailable({ host, upstreamModel }: Target, settings: Settings): boolean {
  if (!host.endpoint(settings)) return false;
  // An endpoint of one's own serves one model, and says which: its vectors are of no other space.
  return host !== clipEndpoint || upstreamModel === (settings.values.CLIP_ENDPOINT_MODEL ?? DEFAULT_CLIP_MODEL);
}

export function settingsNeeded(model: Model): string[] {
  return [...new Set((model.targets as readonly Target[]).map(({ host }) => host.requires))];
}

/** One sentence for each setting that is unusable, those included that only the catalogue can tell. */
export function configurationProblems({ problems, values }: Settings): readonly string[] {
  const model = values.CLIP_ENDPOINT_MODEL;
  if (model === undefined) return problems;
  const served = catalogue
    .flatMap(({ targets }) => targets as readonly Target[])
    .filter(({ host }) => host === clipEndpoint);
  if (served.some(({ upstreamModel }) => upstreamModel === model)) return problems;
  const known = served.map(({ upstreamModel }) => upstreamModel).join(', ');
  return [...problems, `The setting CLIP_ENDPOINT_MODEL must be one of ${known}; src/models/catalogue.ts takes more.`];
}
