import { mayUse } from '../src/access/permissions.ts';
import { ApiError } from '../src/base/errors.ts';
import type { Model, Target, Task } from '../src/call/tasks.ts';
import { aliases, catalogue } from '../src/hosts/models/catalogue.ts';
import { resolve, settingsNeeded, withAvailableTargets } from '../src/hosts/models/resolve.ts';
import { route } from '../src/route.ts';
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
};

type Described = { readonly id: string; readonly resolves_to?: string | null };

/**
 * GET /v1/models: aliases first, with the models that they stand for now, then every model and its hosts. A
 * key that is limited to models sees no others.
 */
export const listModels = route({
  method: 'GET',
  path: '/v1/models',
  access: 'any',
  run(_, { settings, caller }) {
    const listed: Described[] = [
      ...Object.keys(aliases).map((alias) => describeAlias(alias, settings)),
      ...catalogue.map((model) => describe(model, settings)),
    ];
    const data = listed.filter(({ id, resolves_to }) => mayUse(caller, id, resolves_to));
    return Response.json({ object: 'list', data });
  },
});

/** GET /v1/models/{id}: ids contain slashes, percent-encoded or not. */
export const getModel = route({
  method: 'GET',
  path: '/v1/models/:id{.+}',
  access: 'any',
  run(_, { params, settings, caller }) {
    const { id = '' } = params;
    const described = find(id, settings);
    if (described && mayUse(caller, id, described.resolves_to)) return Response.json(described);
    throw new ApiError('model_not_found', 'There is no model with this name. GET /v1/models lists all models.', {
      param: 'model',
    });
  },
});

function find(id: string, settings: Settings): Described | undefined {
  if (Object.hasOwn(aliases, id)) return describeAlias(id, settings);
  const model = catalogue.find((candidate) => candidate.id === id);
  return model && describe(model, settings);
}

function describe(model: Model, settings: Settings) {
  const served = withAvailableTargets(model, settings);
  return {
    id: model.id,
    object: 'model',
    created: CREATED,
    owned_by: model.id.includes('/') ? model.id.split('/')[0] : 'cedalion',
    task: model.task,
    note: model.note,
    available: served !== undefined,
    targets: ((served?.targets ?? []) as readonly Target[]).map(
      ({ host, upstreamModel }) => `${host.name}/${upstreamModel}`,
    ),
    requires: settingsNeeded(model),
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

function describeAlias(alias: string, settings: Settings) {
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
