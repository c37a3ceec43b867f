import { headers, ref } from './components.ts';
import { describeAnswer } from './describe-answer.ts';
import { describeErrors, type ErrorResponses } from './describe-errors.ts';
import { describeRequest } from './describe-request.ts';
import { type Operation, takesKey } from './operation.ts';
import type { Json, Recorded } from './parts.ts';

export function describe(operation: Operation, recorded: Recorded | undefined, errors: ErrorResponses): Json {
  const {
    id,
    tag,
    summary,
    description,
    open,
    takesPictures,
    records,
    readsRun,
    request,
    path,
    query = {},
  } = operation;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      description: PLACES[name]?.[tag],
      schema: { type: 'string' },
    })),
    ...(takesPictures ? [ref('parameters', 'cacheControl')] : []),
    ...(takesKey(operation) ? [ref('parameters', 'idempotencyKey')] : []),
    ...(records
      ? (['cache', 'prefer', 'resume', 'webhook', 'webhookSecret'] as const).map((name) => ref('parameters', name))
      : []),
    ...(readsRun === 'events' ? [ref('parameters', 'lastEventId')] : []),
    ...(readsRun === 'result' ? [ref('parameters', 'prefer')] : []),
    ...Object.entries(query).map(([name, description]) => ({
      name,
      in: 'query',
      description,
      schema: { type: 'string' },
    })),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    ...(open ? { security: [] } : {}),
    ...(operation.alsoAt ? { 'x-also-at': operation.alsoAt } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(request ? { requestBody: describeRequest(operation, request.name) } : {}),
    responses: {
      200: describeAnswer(operation, recorded),
      ...(records ? { 202: ACCEPTED } : {}),
      ...(operation.accepts
        ? { 202: { ...describeAnswer(operation, undefined), description: 'The run was started.' } }
        : {}),
      ...(readsRun === 'events' ? { 204: { description: 'The stream is complete, and has no more events.' } } : {}),
      ...describeErrors(operation, errors),
    },
  };
}

/** What the places in a path are. */
const PLACES: Readonly<Record<string, Readonly<Partial<Record<Operation['tag'], string>>>>> = {
  id: {
    Models: 'An alias or a model id.',
    Tasks: 'An alias or a model id; with `/pipeline/` and a task behind it, that task.',
    Responses: 'The id of a response.',
    Classifiers: 'The id of a classifier.',
    Runs: 'The id of a run.',
    Webhooks: 'The id of a webhook endpoint.',
  },
  event: { Webhooks: 'The id of a delivery, which is that of its event.' },
  name: {
    Prompts: 'The name of a file in `prompts/`, also with a version: `name@version`.',
    Webhooks: 'The name of a file in `hooks/`.',
  },
};

const ACCEPTED = {
  description: 'The run, which goes on in the background.',
  headers: headers('x-request-id', 'server-timing', 'x-run-id', 'location', 'preference-applied', 'retry-after'),
  content: { 'application/json': { schema: ref('schemas', 'Run') } },
};
