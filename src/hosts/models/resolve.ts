import { ApiError } from '../../base/errors.ts';
import { hostOptions } from '../../call/host-options.ts';
import { clipEndpoint, openaiHost } from '../../call/hosts.ts';
import type { EmbeddingModel, Model, ModelOf, ModerationModel, Revision, Target, Task } from '../../call/tasks.ts';
import type { Settings } from '../../settings/settings.ts';
import * as openai from '../providers/openai.ts';
import { aliases, catalogue } from './catalogue.ts';

/** The model at CLIP_ENDPOINT_URL if CLIP_ENDPOINT_MODEL is not set. */
const DEFAULT_CLIP_MODEL = 'openai/clip-vit-base-patch32';
/**
 * `openai/<id>` is model `<id>` at the host of OPENAI_BASE_URL, whatever that host serves. Ids of the
 * catalogue come first: `openai/gpt-oss-120b` is the hub's model, and `openai/openai/gpt-oss-120b` the one at
 * that host.
 */
const OPENAI_PREFIX = 'openai/';

/**
 * The name of a model or alias that a caller's name stands for: by MODEL_NAMES, the longest that fits. A name
 * of the catalogue always stands for itself.
 */
export function modelMeant(name: string, { modelNames }: Settings): string {
  if (byId.has(name) || Object.hasOwn(aliases, name)) return name;
  if (Object.hasOwn(modelNames, name)) return modelNames[name] as string;
  let found = '';
  for (const pattern in modelNames) {
    const fits = pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1));
    if (fits && pattern.length > found.length) found = pattern;
  }
  return found === '' ? name : (modelNames[found] as string);
}

const byId = new Map(catalogue.map((model) => [model.id, model]));

/**
 * Finds the model that a caller named, with those of its targets that are available.
 *
 * @param tasks what the route can do with a model
 * @throws ApiError `model_not_found`, `wrong_task`, `model_unavailable` or `configuration_invalid`, with
 * `param: "model"`
 */
export function resolve<T extends Task>(name: string, tasks: readonly T[], settings: Settings): ModelOf<T> {
  const candidates = candidatesFor(name, tasks[0], settings);
  const [first] = candidates;
  if (!first) {
    throw new ApiError('model_not_found', 'There is no model with this name. GET /v1/models lists all models.', {
      param: 'model',
    });
  }
  const fitting = candidates.filter((model): model is ModelOf<T> => tasks.includes(model.task as T));
  if (fitting.length === 0) {
    throw new ApiError(
      'wrong_task',
      `The model ${name} does ${first.task}, which this route does not offer. GET /v1/models shows the task of each model.`,
      {
        param: 'model',
      },
    );
  }
  for (const model of fitting) {
    const available = withAvailableTargets(model, settings);
    if (available) return available;
    // Not skipped: the operator meant this model to answer.
    const problem = problemOf(model, settings);
    if (problem) throw new ApiError('configuration_invalid', problem, { param: 'model' });
  }
  const needed = [...new Set(fitting.flatMap((model) => settingsMissing(model, settings)))];
  throw new ApiError('model_unavailable', `This model requires one of these settings: ${needed.join(', ')}.`, {
    param: 'model',
  });
}

/**
 * Whether the host of a model ranks documents itself, as its line or the operator says: then its vectors do
 * not.
 */
export function isRankedByHost(name: string, settings: Settings): boolean {
  const [model] = candidatesFor(name, 'text-ranking', settings);
  return (
    model?.task === 'text-ranking' && model.targets.some((target) => hostOptions(target, settings)?.rerank === true)
  );
}

/** What a model does, available or not. @returns undefined if there is no model with this name */
export function taskOf(name: string, settings: Settings): Task | undefined {
  return candidatesFor(name, undefined, settings)[0]?.task;
}

/**
 * Whether the model that a name stands for reads pictures: the first available one that has vectors or scores
 * of them.
 */
export function takesPictures(name: string, settings: Settings): boolean {
  const fitting = candidatesFor(name, undefined, settings).filter(
    (model) => model.task === 'embedding' || model.task === 'zero-shot-image-classification',
  );
  const model = fitting.find((candidate) => withAvailableTargets(candidate, settings)) ?? fitting[0];
  if (model?.task !== 'embedding') return model !== undefined;
  return model.targets.some(({ batch }) => batch.image !== undefined);
}

function candidatesFor(asked: string, task: Task | undefined, settings: Settings): readonly Model[] {
  const name = modelMeant(asked, settings);
  const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  if (alias) return alias.flatMap((id) => byId.get(id) ?? []);
  const listed = byId.get(name);
  if (listed) return [generating(listed, task)];
  if (!name.startsWith(OPENAI_PREFIX) || name.length === OPENAI_PREFIX.length) return [];
  const id = name.slice(OPENAI_PREFIX.length);
  const model = { id: name, note: UNLISTED_NOTE };
  switch (task) {
    case 'embedding':
      return [unlistedEmbedding(name, id, settings)];
    case 'text-ranking':
      return [{ ...model, task, targets: [openai.ranking(openaiHost, id)] }];
    case 'moderation':
      return [unlistedModeration(name, id, settings)];
    case 'automatic-speech-recognition':
      return [{ ...model, task, targets: [openai.transcription(openaiHost, id)] }];
    case 'image-to-image':
      return [{ ...model, task, targets: [openai.edit(openaiHost, id)] }];
    case 'text-to-image':
      return [{ ...model, task, targets: [openai.image(openaiHost, id)] }];
    case 'text-to-speech':
      return [{ ...model, task, targets: [openai.speech(openaiHost, id)] }];
    default:
      return [{ ...model, task: 'text-generation', targets: [openai.text(openaiHost, id)] }];
  }
}

/** A model at OPENAI_BASE_URL that edits pictures generates them, too. The catalogue lists each id once. */
function generating(model: Model, task: Task | undefined): Model {
  if (task !== 'text-to-image' || model.task !== 'image-to-image') return model;
  const targets = model.targets.filter(({ host }) => host === openaiHost);
  if (targets.length === 0) return model;
  return { ...model, task, targets: targets.map(({ upstreamModel }) => openai.image(openaiHost, upstreamModel)) };
}

const UNLISTED_NOTE = 'At the host of OPENAI_BASE_URL.';

/** A Llama Guard if the operator says so: every other model is asked at the host's own route. */
function unlistedModeration(name: string, id: string, settings: Settings): ModerationModel {
  const own = openai.moderation(openaiHost, id);
  const isGuard = hostOptions(own, settings)?.guard === true;
  return {
    id: name,
    task: 'moderation',
    note: UNLISTED_NOTE,
    targets: [isGuard ? openai.guard(openaiHost, id) : own],
  };
}

function unlistedEmbedding(name: string, id: string, { values }: Settings): EmbeddingModel {
  const endpoint = values.OPENAI_BASE_URL;
  const model = { id: name, task: 'embedding', note: UNLISTED_NOTE } as const;
  return {
    ...model,
    space: { id: name, endpoint },
    targets: [openai.embedding(openaiHost, id)],
    // Vectors of a requested length need not be cuts of the full ones, so they are a space of their own.
    resized: (dimensions) => ({
      ...model,
      space: { id: name, endpoint, dimensions, isResized: true },
      targets: [openai.embedding(openaiHost, id, dimensions)],
    }),
  };
}

/** @returns the model with its available targets only, or undefined if it has none */
export function withAvailableTargets<M extends Model>(model: M, settings: Settings): M | undefined {
  const targets = (model.targets as readonly Target[]).filter((target) => isAvailable(target, settings));
  const [first] = targets;
  if (!first) return undefined;
  if (model.task !== 'embedding') return { ...model, targets };
  // Only the endpoint itself determines its vectors, so it and the other targets never stand in for each
  // other.
  const isOwn = first.host === clipEndpoint;
  const endpoint = isOwn ? first.host.endpoint(settings)?.url : undefined;
  return {
    ...model,
    space: {
      ...model.space,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...('revision' in first ? { revision: first.revision as Revision } : {}),
    },
    targets: targets.filter(({ host }) => (host === clipEndpoint) === isOwn),
  };
}

function isAvailable({ host, upstreamModel }: Target, settings: Settings): boolean {
  if (!host.endpoint(settings) || host.settings.some((name) => settings.problems[name])) return false;
  return host !== clipEndpoint || (upstreamModel === clipModel(settings) && clipModelProblem(settings) === undefined);
}

const clipModel = ({ values }: Settings) => values.CLIP_ENDPOINT_MODEL ?? DEFAULT_CLIP_MODEL;

export function settingsNeeded(model: Model): string[] {
  return [...new Set((model.targets as readonly Target[]).map(({ host }) => host.requires))];
}

/** The same, but for an endpoint that is configured and serves another model. */
function settingsMissing({ targets }: Model, settings: Settings): string[] {
  return (targets as readonly Target[]).map(({ host, upstreamModel }) =>
    host === clipEndpoint && host.endpoint(settings) ? `CLIP_ENDPOINT_MODEL=${upstreamModel}` : host.requires,
  );
}

/** Why a model that the operator configured is not available. */
function problemOf(model: Model, settings: Settings): string | undefined {
  for (const { host } of model.targets as readonly Target[]) {
    if (!host.endpoint(settings) && !settings.problems[host.requires]) continue;
    for (const name of host.settings) if (settings.problems[name]) return settings.problems[name];
    if (host === clipEndpoint) return clipModelProblem(settings);
  }
  return undefined;
}

/** A sentence for every unusable setting, including the one that only the catalogue can check. */
export function configurationProblems(settings: Settings): string[] {
  const problem = clipModelProblem(settings);
  return [...Object.values(settings.problems), ...(problem ? [problem] : []), ...nameProblems(settings)];
}

/** Names that stand for no model. */
function nameProblems(settings: Settings): string[] {
  const unknown = Object.keys(settings.modelNames).filter((name) => taskOf(name, settings) === undefined);
  return unknown.map((name) => `The setting MODEL_NAMES names no model of GET /v1/models for ${name}.`);
}

const clipModels = catalogue
  .flatMap(({ targets }) => targets as readonly Target[])
  .flatMap(({ host, upstreamModel }) => (host === clipEndpoint ? [upstreamModel] : []));

function clipModelProblem(settings: Settings): string | undefined {
  if (clipModels.includes(clipModel(settings))) return undefined;
  return `The setting CLIP_ENDPOINT_MODEL must be one of ${clipModels.join(', ')}; src/hosts/models/catalogue.ts can list more.`;
}
