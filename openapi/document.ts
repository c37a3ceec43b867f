import { z } from 'zod';
import { type ErrorCode, errorTable } from '../src/base/errors.ts';
import { itemSchema } from '../src/intake/items.ts';
import { ErrorBody } from './answers.ts';
import { FIELDS } from './fields.ts';
import { errorsOf, type Operation, TAGS, takesKey } from './operation.ts';
import { operations } from './operations.ts';
import { type JsonSchema, tidy } from './tidy.ts';

export type Json = Record<string, unknown>;

/** Recorded answers to the example of an operation: the complete answer, and the text of the stream. */
export interface Recorded {
  readonly answer: unknown;
  readonly stream?: string;
}

/** The API as OpenAPI 3.1, from the schemas that the routes validate with. */
export function buildDocument(recorded: Readonly<Record<string, Recorded>>): Json {
  const errors = new ErrorResponses();
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, recorded[operation.id], errors),
    };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Cedalion',
      version: '1',
      summary: "Text generation, CLIP similarity, embeddings and image generation at the edge, over OpenAI's API.",
      description:
        'Every answer has `x-request-id`, which identifies the request in the log, and `server-timing`, in milliseconds by stage. The examples are real answers of the tiny models, which this project trains for demonstration and tests.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The Worker that serves this document.' }],
    security: [{ key: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: SECURITY,
      headers: HEADERS,
      parameters: PARAMETERS,
      responses: errors.all(),
      schemas: buildSchemas(),
    },
  };
}

const SECURITY = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of the setting `API_KEYS` or of `npm run keys`, or a client token.',
  },
};

const text = (description: string) => ({ description, schema: { type: 'string' } });

const HEADERS = {
  'x-request-id': text('Identifies the request in the log.'),
  'server-timing': text('Milliseconds by stage: `upstream;dur=12.0, total;dur=14.1` (W3C Server Timing).'),
  'x-cedalion-model': text('The id of the model that answered, also if the request named an alias.'),
  'x-cedalion-prompt': text('`name@version` of the prompt whose messages were sent.'),
  'x-cedalion-target': text('The `host/model` that answered. Absent if everything came from the cache.'),
  'x-cedalion-attempts': text('Number of requests to hosts, including retries and other targets.'),
  'x-cedalion-ignored': text(
    'Names of fields of the request that this route does not know. They have no effect. Absent if there are none, and on routes that forward them.',
  ),
  'x-cedalion-seed': text('The seed of the image. Only with `Accept: image/*`.'),
  'cache-status': text('Result of the vector cache (RFC 9211): `embeddings; hit`, or `fwd=` and a reason.'),
  'x-run-id': text('The id of the run that recorded the answer.'),
  location: text('Where the status of the run is.'),
  'preference-applied': text('`respond-async`, and `wait` if it was sent (RFC 7240).'),
  'retry-after': text('Seconds to wait before a retry, if the host says.'),
};

const PARAMETERS = {
  cacheControl: {
    name: 'cache-control',
    in: 'header',
    description:
      '`no-cache` bypasses the cache and refreshes it. `no-store` neither reads nor writes it (RFC 9111, 5.2.1).',
    schema: { type: 'string' },
  },
  idempotencyKey: {
    name: 'idempotency-key',
    in: 'header',
    description:
      'A new key for each request, such as a UUID. A request with the same key and the same body gets the same answer, with the header `Idempotent-Replayed: true`, and is done once. A duplicate waits for the first one.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  prefer: {
    name: 'prefer',
    in: 'header',
    description:
      '`respond-async` answers 202 with a run; with `wait=<seconds>` only if the answer takes longer (RFC 7240). The field `"background": true` in the body does the same. `wait=0` with an `Idempotency-Key` does not wait for a request in progress: it gets 409.',
    schema: { type: 'string' },
  },
  resume: {
    name: 'x-cedalion-resume',
    in: 'header',
    description:
      '`true` records a stream: its events have ids, the header `x-run-id` names the run, and `GET /v1/runs/{id}/events` continues it after a lost connection.',
    schema: { type: 'string', enum: ['true'] },
  },
  webhook: {
    name: 'x-cedalion-webhook',
    in: 'header',
    description:
      'An https URL that is told when the run has ended. Runs the request in the background, and needs an API key.',
    schema: { type: 'string' },
  },
  webhookSecret: {
    name: 'x-cedalion-webhook-secret',
    in: 'header',
    description: 'With which that webhook is signed: `whsec_` and the base64 of 24 to 64 random bytes.',
    schema: { type: 'string' },
  },
  lastEventId: {
    name: 'last-event-id',
    in: 'header',
    description: 'The id of the last event that was received, as an `EventSource` sends it.',
    schema: { type: 'string' },
  },
};

const ref = (kind: 'schemas' | 'headers' | 'parameters' | 'responses', name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});
const headers = (...names: (keyof typeof HEADERS)[]) =>
  Object.fromEntries(names.map((name) => [name, ref('headers', name)]));

function describe(operation: Operation, recorded: Recorded | undefined, errors: ErrorResponses): Json {
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
      ? (['prefer', 'resume', 'webhook', 'webhookSecret'] as const).map((name) => ref('parameters', name))
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

const BYTES = { type: 'string', contentMediaType: 'application/octet-stream' };

const ONE_PICTURE = {
  schema: {
    type: 'string',
    contentMediaType: 'application/octet-stream',
    description: 'The bytes of one picture. All other fields are in the query string.',
  },
};

function describeRequest({ takesPictures, files, onlyForm, example }: Operation, name: string): Json {
  const schema = ref('schemas', name);
  const form = files && {
    'multipart/form-data': {
      schema: {
        ...(onlyForm ? { allOf: [schema], required: ['file'] } : { type: 'object', additionalProperties: true }),
        properties: Object.fromEntries(
          Object.entries(files).map(([name, description]) => [name, { ...BYTES, description }]),
        ),
      },
    },
  };
  if (onlyForm) return { required: true, content: form };
  const pictures = {
    'multipart/form-data': {
      schema: {
        type: 'object',
        ...(takesPictures === 'parts' ? { required: ['payload'] } : {}),
        properties: {
          payload: { type: 'string', contentMediaType: 'application/json', contentSchema: schema },
        },
        additionalProperties: {
          type: 'string',
          contentMediaType: 'application/octet-stream',
          description:
            takesPictures === 'parts'
              ? 'A picture. The payload refers to it as `attach://` and the name of this part.'
              : 'A picture. The payload refers to it as `attach://` and the name of this part. Without a payload, each part is the field of its name, as a file or a text, and a list is several parts of one name.',
        },
      },
    },
    ...(takesPictures === 'parts'
      ? {}
      : {
          'image/*': ONE_PICTURE,
          'application/octet-stream': ONE_PICTURE,
        }),
  };
  return {
    required: true,
    content: { 'application/json': { schema, example: example.body }, ...(takesPictures ? pictures : {}), ...form },
  };
}

function describeAnswer(operation: Operation, recorded: Recorded | undefined): Json {
  const {
    tag,
    request,
    answer,
    event,
    takesPictures,
    givesPictures,
    records,
    readsRun,
    namesModel,
    others = {},
  } = operation;
  const hasModel = records || readsRun || namesModel;
  const onlyEvents = readsRun === 'events';
  const events = event ?? (onlyEvents ? answer : undefined);
  const stream = events && {
    'text/event-stream': {
      schema: {
        type: 'string',
        description: onlyEvents
          ? EVENTS
          : operation.hasNamedEvents
            ? NAMED_EVENTS
            : operation.onlyOthers
              ? 'With `stream_format: "sse"`: unnamed events with one JSON object each.'
              : UNNAMED_EVENTS,
        contentMediaType: 'application/json',
        contentSchema: ref('schemas', events.name),
      },
      ...(recorded?.stream ? { example: recorded.stream } : {}),
    },
  };
  const whole = {
    'application/json': {
      schema: ref('schemas', answer.name),
      ...(recorded ? { example: recorded.answer } : {}),
    },
  };
  const picture = givesPictures && {
    'image/*': { schema: BYTES },
  };
  const other = Object.fromEntries(
    Object.entries(others).map(([type, description]) => [type, { schema: { type: 'string', description } }]),
  );
  return {
    description: 'Success.',
    headers: headers(
      'x-request-id',
      'server-timing',
      ...(hasModel ? (['x-cedalion-model', 'x-cedalion-target', 'x-cedalion-attempts'] as const) : []),
      ...(tag === 'Prompts' && request ? (['x-cedalion-prompt'] as const) : []),
      ...(readsRun ? (['x-run-id'] as const) : []),
      ...(takesPictures ? (['cache-status'] as const) : []),
      ...(takesPictures || givesPictures ? (['x-cedalion-ignored'] as const) : []),
      ...(givesPictures ? (['x-cedalion-seed'] as const) : []),
    ),
    content: {
      ...(onlyEvents || operation.onlyOthers ? {} : whole),
      ...stream,
      ...picture,
      ...other,
    },
  };
}

const EVENTS =
  'Unnamed events with an id and one JSON object each, as the route of the run sends them, then `data: [DONE]`.';

const UNNAMED_EVENTS = 'With `stream: true`: unnamed events with one JSON object each, then `data: [DONE]`.';
const NAMED_EVENTS = 'With `stream: true`: events with one JSON object each, named by its `type`.';

/** Error responses by status. /readyz has its own body for 503, and tasks have none: see src/surfaces/hub/errors.ts. */
function describeErrors(operation: Operation, errors: ErrorResponses): Json {
  const { path, answer, tag, failure } = operation;
  const byStatus = Map.groupBy(errorsOf(operation), (code) => {
    const { status } = errorTable[code];
    return tag === 'Tasks' && status === 503 ? 500 : status;
  });
  const described: Json = Object.fromEntries(
    [...byStatus].map(([status, own]) => [status, errors.refer(status, own, failure?.name)]),
  );
  if (path === '/readyz') {
    const content = { 'application/json': { schema: ref('schemas', answer.name) } };
    described[503] = {
      description: 'Every request is rejected: `API_KEYS` is missing or unusable.',
      headers: headers('x-request-id', 'server-timing'),
      content,
    };
  }
  return described;
}

/** Operations with the same codes for a status share one response. Its description lists the codes. */
class ErrorResponses {
  readonly #byCodes = new Map<string, { name: string; response: Json }>();

  refer(status: number, codes: readonly ErrorCode[], body = 'ErrorBody'): Json {
    const description = codes.map((code) => `\`${code}\``).join(', ');
    const key = `${body}: ${description}`;
    let entry = this.#byCodes.get(key);
    if (!entry) {
      const alike = [...this.#byCodes.values()].filter(({ name }) => name.startsWith(`Error${status}`)).length;
      const response = {
        description,
        headers: headers('x-request-id', 'server-timing', ...(retries(codes) ? (['retry-after'] as const) : [])),
        content: { 'application/json': { schema: ref('schemas', body) } },
      };
      entry = { name: `Error${status}${alike === 0 ? '' : `-${alike + 1}`}`, response };
      this.#byCodes.set(key, entry);
    }
    return ref('responses', entry.name);
  }

  all(): Json {
    return Object.fromEntries([...this.#byCodes.values()].map(({ name, response }) => [name, response]));
  }
}

const RETRIED: ReadonlySet<ErrorCode> = new Set([
  'upstream_rate_limited',
  'upstream_overloaded',
  'rate_limit_exceeded',
  'run_in_progress',
  'runs_unavailable',
  'webhooks_unavailable',
  'keys_unavailable',
  'limits_unavailable',
]);

function retries(codes: readonly ErrorCode[]): boolean {
  return codes.some((code) => RETRIED.has(code));
}

/** Every schema once, by name. Other parts of the document refer to them. */
function buildSchemas(): Record<string, JsonSchema> {
  const named = new Map<string, z.core.$ZodType>([
    ['Item', itemSchema()],
    ['ErrorBody', ErrorBody],
  ]);
  for (const { request, answer, event, failure } of operations) {
    for (const part of [request, answer, event, failure]) if (part) named.set(part.name, part.schema);
  }
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas: requests } = z.toJSONSchema(registry, { uri, io: 'input' });
  const { schemas: answers } = z.toJSONSchema(registry, { uri, io: 'output' });
  return Object.fromEntries(
    [...named.keys()].sort().map((name) => {
      const isRequest = name === 'Item' || name in FIELDS;
      return [name, tidy((isRequest ? requests : answers)[name] as JsonSchema, FIELDS[name])];
    }),
  );
}
