import * as z from 'zod/mini';
import { mayUse } from '../src/access/permissions.ts';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import type { Call } from '../src/call/call.ts';
import { openaiHost } from '../src/call/hosts.ts';
import { modelMeant } from '../src/hosts/models/resolve.ts';
import { route } from '../src/route.ts';
import { anthropicModel, anthropicModels, isAnthropic } from '../src/surfaces/messages/model-list.ts';
import { count } from './fields.ts';
import { type DescribedModel, describeModel, describeModels, describeModelsOfHost } from './model-descriptions.ts';

export const listModelsRequest = lazy(() =>
  z.looseObject({
    limit: z.optional(count(1, 1000)),
    after_id: z.optional(z.string()),
    before_id: z.optional(z.string()),
    host: z.optional(z.enum([openaiHost.name])),
  }),
);

/**
 * GET /v1/models: aliases first, with the models that they stand for now, then every model and its hosts. A
 * key that is limited to models sees no others. With `host` it is the list of that host. With
 * `anthropic-version` it is in Anthropic's shape, in pages.
 */
export const listModels = route({
  method: 'GET',
  path: '/v1/models',
  access: 'any',
  schema: listModelsRequest,
  async run({ host, ...page }, call) {
    const all = host === undefined ? describeModels(call.settings) : await describeModelsOfHost(call);
    const data = all.filter((model) => isVisible(model, call));
    return Response.json(isAnthropic(call.headers) ? anthropicModels(data, page) : { object: 'list', data });
  },
});

/** GET /v1/models/{id}: ids contain slashes, percent-encoded or not. */
export const getModel = route({
  method: 'GET',
  path: '/v1/models/:id{.+}',
  access: 'any',
  run(_, call) {
    const described = describeModel(call.params.id ?? '', call.settings);
    if (described && isVisible(described, call)) {
      return Response.json(isAnthropic(call.headers) ? anthropicModel(described) : described);
    }
    throw new ApiError('model_not_found', 'There is no model with this name. GET /v1/models lists all models.', {
      param: 'model',
    });
  },
});

function isVisible({ id, resolves_to }: DescribedModel, { caller, settings }: Call): boolean {
  return mayUse(caller, id, modelMeant(id, settings), resolves_to);
}
