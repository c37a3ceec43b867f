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
      'Aliases first, with the models that they currently are. Then every model of the catalogue, available or not.',
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
