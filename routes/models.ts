import * as z from 'zod/mini';
import { mayUse } from '../src/access/permissions.ts';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import type { Call } from '../src/call/call.ts';
import { openaiHost } from '../src/call/hosts.ts';
import type { Model, Target, Task } from '../src/call/tasks.ts';
import { aliases, catalogue } from '../src/hosts/models/catalogue.ts';
import { resolve, settingsNeeded, withAvailableTargets } from '../src/hosts/models/resolve.ts';
import { modelsAt } from '../src/hosts/protocols/model-facts.ts';
import { priceOf } from '../src/metering/price.ts';
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

const listQuery = lazy(() => z.object({ host: z.optional(z.enum([openaiHost.name])) }));

/**
 * GET /v1/models: aliases first, with the models that they stand for now, then every model and its hosts.
 * With `host` it is the list of that host. A key that is limited to models sees no others.
 */
export const listModels = route({
  method: 'GET',
  path: '/v1/models',
  access: 'any',
  schema: listQuery,
  async run({ host }, call) {
    const { settings, caller } = call;
    if (host !== undefined) {
      const data = (await modelsOfHost(call)).filter(({ id }) => mayUse(caller, id));
      return Response.json({ object: 'list', data });
    }
    const listed: Described[] = [
      ...Object.keys(aliases).map((alias) => describeAlias(alias, settings)),
      ...catalogue.map((model) => describe(model, settings)),
    ];
    const data = listed.filter(({ id, resolves_to }) => mayUse(caller, id, resolves_to));
    return Response.json({ object: 'list', data });
  },
});

/**
 * The models at the host of OPENAI_BASE_URL, as it lists them, by the names that requests use. What they do is
 * not known: such lists do not say it.
 */
async function modelsOfHost(call: Call) {
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
