import { KEYED, type Operation } from '../operation.ts';
import { Model, ModelList } from './models-answers.ts';

export const models: readonly Operation[] = [
  {
    id: 'listModels',
    method: 'get',
    path: '/v1/models',
    tag: 'Models',
    summary: 'List the models',
    description:
      "Aliases first, with the models that they currently are, and names of `MODEL_NAMES`. Then every model of the catalogue, available or not. With the header `anthropic-version`, Anthropic's list of the models that answer messages, in pages.",
    query: {
      limit: 'Only with `anthropic-version`: models of a page, 1 to 1,000. The default is 20.',
      after_id: 'Only with `anthropic-version`: the last id of the previous page.',
      before_id: 'Only with `anthropic-version`: the first id of the next page.',
    },
    answer: { name: 'ModelList', schema: ModelList },
    errors: KEYED,
    example: {},
  },
  {
    id: 'getModel',
    method: 'get',
    path: '/v1/models/{id}',
    tag: 'Models',
    summary: 'Get a model',
    description: 'Slashes in an id can be percent-encoded or not.',
    answer: { name: 'Model', schema: Model },
    errors: [...KEYED, 'model_not_found'],
    example: { path: '/v1/models/clip' },
  },
];
