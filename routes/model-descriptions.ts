import { ApiError } from '../src/base/errors.ts';
import type { Call } from '../src/call/call.ts';
import { openaiHost } from '../src/call/hosts.ts';
import type { JsonObject, Model, Target, Task } from '../src/call/tasks.ts';
import { aliases, catalogue } from '../src/hosts/models/catalogue.ts';
import { modelMeant, resolve, settingsNeeded, taskOf, withAvailableTargets } from '../src/hosts/models/resolve.ts';
import { modelsAt } from '../src/hosts/protocols/model-facts.ts';
import { priceOf } from '../src/metering/price.ts';
import type { Settings } from '../src/settings/settings.ts';

/** OpenAI requires a time of creation: that of this catalogue's first version. */
const CREATED = 1_795_392_000;

const ALIAS_TASKS: Readonly<Record<string, readonly Task[]>> = {
  text: ['text-generation'],
  embed: ['embedding'],
  clip: ['embedding', 'zero-shot-image-classification'],
  image: ['text-to-image'],
  whisper: ['automatic-speech-recognition'],
  tts: ['text-to-speech'],
  moderation: ['moderation'],
};

/** A model as GET /v1/models has it. */
export interface DescribedModel extends JsonObject {
  readonly id: string;
  readonly created: number;
  readonly task?: Task | undefined;
  readonly context_length?: number | null;
  readonly resolves_to?: string | null;
}

/**
 * All models: aliases first, with what they stand for now, then MODEL_NAMES, then each model and its hosts.
 */
export function describeModels(settings: Settings): DescribedModel[] {
  const named = Object.keys(settings.modelNames).filter((name) => modelMeant(name, settings) !== name);
  return [
    ...Object.keys(aliases).map((alias) => describeAlias(alias, settings)),
    ...named.flatMap((name) => describeName(name, settings) ?? []),
    ...catalogue.map((model) => describe(model, settings)),
  ];
}

/** @returns undefined if there is no model with this name */
export function describeModel(id: string, settings: Settings): DescribedModel | undefined {
  if (Object.hasOwn(aliases, id)) return describeAlias(id, settings);
  const model = catalogue.find((candidate) => candidate.id === id);
  return model ? describe(model, settings) : describeName(id, settings);
}

/** A name of MODEL_NAMES, or one that fits one with a `*`. */
function describeName(name: string, settings: Settings): DescribedModel | undefined {
  const meant = modelMeant(name, settings);
  if (meant === name) return undefined;
  const described = describeModel(meant, settings) ?? describeUnlisted(meant, settings);
  return described && { ...described, id: name, resolves_to: described.resolves_to ?? described.id };
}

/** A model at OPENAI_BASE_URL: what it does, only the host knows. */
function describeUnlisted(id: string, settings: Settings): DescribedModel | undefined {
  if (taskOf(id, settings) === undefined) return undefined;
  try {
    return describe(resolve(id, ['text-generation'], settings), settings);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

function describe(model: Model, settings: Settings): DescribedModel {
  const served = withAvailableTargets(model, settings);
  return {
    id: model.id,
    object: 'model',
    created: CREATED,
    owned_by: model.id.includes('/') ? model.id.split('/')[0] : 'cedalion',
    task: model.task,
    note: model.note,
    shutdown_date: model.shutdownDate ?? null,
    available: served !== undefined,
    targets: ((served?.targets ?? []) as readonly Target[]).map(
      ({ host, upstreamModel }) => `${host.name}/${upstreamModel}`,
    ),
    requires: settingsNeeded(model),
    pricing: priceOf(model, settings),
    ...details(model),
  };
}

function details(model: Model) {
  switch (model.task) {
    case 'text-generation':
      return { context_length: model.contextLength ?? null };
    case 'embedding':
      return {
        space: model.space.id,
        dimensions: model.space.dimensions ?? null,
        min_dimensions: model.space.minDimensions ?? model.space.dimensions ?? null,
        logit_scale: model.space.logitScale ?? null,
        modalities: model.targets.some(({ batch }) => batch.image) ? ['text', 'image'] : ['text'],
      };
    case 'text-to-image':
      return { sizes: model.sizes && { ...model.sizes, multipleOf: undefined, multiple_of: model.sizes.multipleOf } };
    default:
      return {};
  }
}

function describeAlias(alias: string, settings: Settings): DescribedModel {
  try {
    const model = resolve(alias, ALIAS_TASKS[alias] ?? [], settings);
    return { ...describe(model, settings), id: alias, resolves_to: model.id };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const models = (aliases[alias] ?? []).flatMap((id) => catalogue.find((model) => model.id === id) ?? []);
    return {
      id: alias,
      object: 'model',
      created: CREATED,
      owned_by: 'cedalion',
      task: models[0]?.task,
      available: false,
      resolves_to: null,
      requires: [...new Set(models.flatMap(settingsNeeded))],
    };
  }
}

/**
 * The models at the host of OPENAI_BASE_URL, as it lists them, by the names that requests use. What they do
 * is not known: such lists do not say it.
 */
export async function describeModelsOfHost(call: Call): Promise<DescribedModel[]> {
  const listed = await modelsAt(openaiHost, call);
  return listed.map((facts) => {
    const id = `${openaiHost.name}/${facts.id}`;
    const price = call.settings.prices[id];
    return {
      id,
      object: 'model',
      created: CREATED,
      owned_by: openaiHost.name,
      available: true,
      targets: [id],
      requires: [openaiHost.requires],
      context_length: CONTEXT_FIELDS.map((name) => facts[name]).find(isCount) ?? null,
      ...(price && { pricing: price }),
    };
  });
}

/** What vLLM, and hosted routers, call the most tokens of a prompt and its answer. */
const CONTEXT_FIELDS = ['max_model_len', 'context_length', 'context_window'];

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
