import { HOSTED, KEYED, type Operation } from '../operation.ts';
import { Model, ModelList } from './models-answers.ts';

/** What a list of models cannot be: it has no body, and names no model. */
const NOT_LISTED: ReadonlySet<string> = new Set([
  ...['invalid_json', 'body_too_large', 'body_timeout', 'unsupported_media_type', 'unsupported_parameter'],
  ...['wrong_task', 'scope_missing', 'model_not_allowed', 'model_not_found'],
]);

export const models: readonly Operation[] = [
  {
    id: 'listModels',
    method: 'get',
    path: '/v1/models',
    tag: 'Models',
    summary: 'List the models',
    description:
      'Aliases first, with the models that they currently are. Then every model of the catalogue, available or not.',
    query: {
      host: '`openai` lists the models of the host of `OPENAI_BASE_URL` instead, as it names them, with `openai/` before each id.',
    },
    answer: { name: 'ModelList', schema: ModelList },
    errors: HOSTED.filter((code) => !NOT_LISTED.has(code)),
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
