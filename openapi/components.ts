export const SECURITY = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of the setting `API_KEYS` or of `npm run keys`, or a client token.',
  },
};

const text = (description: string) => ({ description, schema: { type: 'string' } });

export const HEADERS = {
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
  'cache-status': text(
    'Result of a cache (RFC 9211): of vectors (`embeddings; hit`, or `fwd=` and a reason), or of answers (`cedalion; hit; ttl=212`).',
  ),
  age: text('Seconds since the answer was stored, if it comes from the cache of answers.'),
  'x-cedalion-tokens': text('`counted` by the host of the model, or `estimated`.'),
  'x-run-id': text('The id of the run that recorded the answer.'),
  location: text('Where the status of the run is.'),
  'preference-applied': text('`respond-async`, and `wait` if it was sent (RFC 7240).'),
  'retry-after': text('Seconds to wait before a retry, if the host says.'),
};

export const PARAMETERS = {
  cacheControl: {
    name: 'cache-control',
    in: 'header',
    description:
      '`no-cache` bypasses the cache and refreshes it. `no-store` neither reads nor writes it (RFC 9111, 5.2.1).',
    schema: { type: 'string' },
  },
  cache: {
    name: 'x-cedalion-cache',
    in: 'header',
    description:
      'For how many seconds the answer is cached, and how old a cached one may be: 1 to 86400, `true` for 300, or `false`. `Cache-Control: no-cache` asks anew, `only-if-cached` answers 504 if nothing is there.',
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

export const ref = (kind: 'schemas' | 'headers' | 'parameters' | 'responses', name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});

export const headers = (...names: (keyof typeof HEADERS)[]) =>
  Object.fromEntries(names.map((name) => [name, ref('headers', name)]));
