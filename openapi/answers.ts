import { z } from 'zod';

/**
 * Schemas of the answers: for the document, and for tests that validate real answers. The Worker does not import them. Chat
 * and completions are the host's own bytes, so they may have more fields than these schemas. All other answers are this
 * project's own, and have no others.
 */

const tokens = z.int().min(0);
const unixSeconds = z.int().describe('Seconds since 1970.');

const TokenUsage = z
  .looseObject({ prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens })
  .describe('Number of tokens, as counted by the host.');

const FinishReason = z.string().describe('`stop`, `length`, `tool_calls`, or another value of the host.');

const ToolCall = z.looseObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string().describe('JSON, as a string.') }),
});

export const ChatCompletion = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: unixSeconds,
  model: z.string().describe("The model's name at its host. The header `x-cedalion-model` has its id in this API."),
  choices: z.array(
    z.looseObject({
      index: z.int(),
      message: z.looseObject({
        role: z.literal('assistant'),
        content: z.string().nullish(),
        refusal: z.string().nullish(),
        tool_calls: z.array(ToolCall).nullish(),
      }),
      finish_reason: FinishReason,
    }),
  ),
  usage: TokenUsage.nullish(),
});

const jsonSchema = z.looseObject({ type: z.string() });

export const Prompt = z.object({
  id: z.string().describe('The name of its file.'),
  object: z.literal('prompt'),
  version: z.string().describe('Changes with the content of the file.'),
  description: z.string(),
  model: z.string(),
  input_schema: jsonSchema.describe('The JSON Schema of `variables`.'),
  output_schema: jsonSchema.nullable().describe('The JSON Schema of `output`, or null.'),
});

export const PromptList = z.object({
  object: z.literal('list'),
  data: z.array(Prompt),
  mistakes: z
    .array(z.object({ file: z.string(), line: z.int(), message: z.string() }))
    .optional()
    .describe('Under `npm start`: what is wrong with files. Until it is fixed, `data` is what they were before.'),
});

export const PromptCompletion = ChatCompletion.extend({
  prompt: z.object({ id: z.string(), version: z.string() }),
  output: z.unknown().optional().describe('What the model answered, as the output schema of the prompt has it.'),
});

export const PromptRendering = z.object({
  object: z.literal('prompt.rendering'),
  id: z.string(),
  version: z.string(),
  request: z
    .looseObject({ model: z.string(), messages: z.array(z.object({ role: z.string(), content: z.string() })) })
    .describe('The body of a chat completion.'),
});

export const ChatCompletionChunk = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion.chunk'),
    created: unixSeconds,
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        delta: z.looseObject({ role: z.string().optional(), content: z.string().nullish() }),
        finish_reason: FinishReason.nullish(),
      }),
    ),
    usage: TokenUsage.nullish(),
  })
  .describe('One event of a stream. With `stream_options.include_usage`, the last event has the usage and no choices.');

export const Completion = z
  .looseObject({
    id: z.string(),
    object: z.literal('text_completion'),
    created: unixSeconds,
    model: z.string(),
    choices: z.array(z.looseObject({ index: z.int(), text: z.string(), finish_reason: FinishReason.nullish() })),
    usage: TokenUsage.nullish(),
  })
  .describe('A complete answer, or one event of a stream.');

const CachedUsage = z
  .object({
    prompt_tokens: tokens,
    total_tokens: tokens,
    cache_hits: z
      .int()
      .min(0)
      .describe('Items that did not have to be embedded: cached, or repeated within the request.'),
    cache_misses: z.int().min(0).describe('Items that the host embedded.'),
  })
  .describe('Tokens of the cache misses only: hits cost nothing.');

export const EmbeddingList = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z
        .union([z.array(z.number()), z.base64()])
        .describe(
          'A unit vector: an array of numbers, or with `encoding_format: "base64"` little-endian float32 in base64.',
        ),
    }),
  ),
  usage: CachedUsage,
});

const cosine = z.number().min(-1.0001).max(1.0001);

export const SimilarityList = z.object({
  object: z.literal('list'),
  model: z.string(),
  results: z
    .array(
      z.object({
        index: z.int().describe('Index of the document in `documents`.'),
        query_index: z.int().optional().describe('Index of the nearest query. Only if `query` is a list.'),
        relevance_score: z.number().min(0).describe('The cosine, or 0 if it is negative.'),
        cosine,
        logit: z.number().nullable().describe("The cosine times the model's logit scale; null if the model has none."),
        document: z.unknown().optional().describe('The document. Only with `return_documents`.'),
      }),
    )
    .describe('Documents, nearest first.'),
  matrix: z.array(z.array(cosine)).optional().describe('All cosines, queries by documents. Only if `query` is a list.'),
  usage: CachedUsage,
});

export const RerankList = z.object({
  id: z.string(),
  object: z.literal('list'),
  model: z.string(),
  results: z
    .array(
      z.object({
        index: z.int().describe('Index of the document in `documents`.'),
        relevance_score: z
          .number()
          .describe('The cosine of query and document, or 0 if it is negative; with `scores`, the score of the host.'),
        document: z.unknown().optional().describe('The document: `{"text"}`, or the object that was sent.'),
      }),
    )
    .describe('Documents, the most relevant first.'),
  usage: CachedUsage,
  meta: z.object({
    api_version: z.object({ version: z.string() }),
    tokens: z.object({ input_tokens: tokens, output_tokens: tokens }),
  }),
  scores: z.literal('host').optional().describe('Set if the host ranked the documents itself.'),
});

const task = <T extends z.ZodType>(title: string, description: string, answer: T) =>
  answer.meta({ title, description });

export const TaskAnswer = z
  .union([
    task('feature-extraction', 'A unit vector for each text.', z.array(z.array(z.number()))),
    task('sentence-similarity', 'A cosine for each sentence.', z.array(cosine)),
    task(
      'zero-shot classification',
      'Labels as `{"label", "score"}`, the best first.',
      z.array(z.object({ label: z.string(), score: z.number().min(0).max(1) })),
    ),
    task('summarization', 'One `{"summary_text"}`.', z.array(z.object({ summary_text: z.string() }))),
    task('translation', 'One `{"translation_text"}`.', z.array(z.object({ translation_text: z.string() }))),
    task(
      'text-generation',
      'One `{"generated_text"}`, with `details` if asked for.',
      z.array(z.object({ generated_text: z.string(), details: z.looseObject({}).optional() })),
    ),
  ])
  .describe('The answer of the task. That of `text-to-image` is the picture itself.');

export const TaskError = z.object({
  error: z.string().describe('The message.'),
  error_type: z.enum(['validation', 'overloaded', 'generation']),
  code: z.string(),
  param: z.string().nullable(),
});

const Prediction = z.object({ label: z.string(), score: z.number().min(0).max(1), cosine: cosine.nullable() });

export const ClassificationList = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('classification'),
      index: z.int().describe('Index of the input.'),
      prediction: z.string().describe('The best label.'),
      score: z.number().min(0).max(1),
      predictions: z
        .array(Prediction)
        .describe(
          'Labels, best first. `cosine` is null if the host only returns scores, or a classifier is a ridge regression.',
        ),
    }),
  ),
  classifier_id: z.string().optional().describe('The classifier, if the request named one.'),
  relative: z
    .literal(true)
    .optional()
    .describe('The host only returns relative scores: compare them within one request, not across requests.'),
  usage: CachedUsage.optional(),
});

const ClassifierFields = {
  id: z.string(),
  object: z.literal('classifier'),
  created_at: unixSeconds,
  updated_at: unixSeconds,
  name: z.string(),
  model: z.string().describe('The model whose vectors it compares. Inputs have to be of the same model.'),
  method: z.enum(['auto', 'prototype', 'ridge']),
  trained_method: z.enum(['prototype', 'ridge']).describe('What `auto` has chosen.'),
  examples: z.int().min(1),
  labels: z.array(z.object({ label: z.string(), examples: z.int().min(1) })),
};
const leaveOneOut = {
  examples: z.int().min(0).describe('Examples that were tested: those whose label has at least one other.'),
  accuracy: z.number().min(0).max(1).nullable().describe('The share that was right; null if none was tested.'),
};

export const Classifier = z.object({
  ...ClassifierFields,
  leave_one_out: z
    .object({
      ...leaveOneOut,
      confusion: z
        .array(z.array(z.int().min(0)))
        .describe(
          'How often the label of a column was predicted for the label of a row, both in the order of `labels`.',
        ),
    })
    .describe('What was predicted of each example by a classifier trained from all others.'),
  usage: CachedUsage.optional().describe('Of this request, if it had examples.'),
});

export const ClassifierList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ ...ClassifierFields, leave_one_out: z.object(leaveOneOut) })),
});

export const DeletedClassifier = z.object({
  id: z.string(),
  object: z.literal('classifier.deleted'),
  deleted: z.literal(true),
});

export const ImageList = z.object({
  created: unixSeconds,
  model: z.string(),
  output_format: z.enum(['png', 'jpeg', 'webp', 'gif']),
  size: z.string().describe('The actual size of the first image, `<width>x<height>`.'),
  data: z.array(
    z.object({
      b64_json: z.base64().optional(),
      url: z.string().optional().describe('A `data:` URL. Only with `response_format: "url"`.'),
      seed: z.int().optional().describe('Seed that generates this image again. Absent if the host has none.'),
    }),
  ),
});

export const Transcript = z.object({
  text: z.string(),
  language: z.string().optional(),
  duration: z.union([z.number(), z.string()]).optional().describe('Seconds. Only with `verbose_json`.'),
  segments: z.array(z.looseObject({ start: z.number(), end: z.number(), text: z.string() })).optional(),
  words: z.array(z.looseObject({ word: z.string(), start: z.number(), end: z.number() })).optional(),
  usage: z.looseObject({}).optional().describe('Tokens or seconds, if the host counts them.'),
});

export const TranscriptEvent = z.looseObject({
  type: z.string().describe('`transcript.text.delta`, and `transcript.text.done` at the end.'),
  delta: z.string().optional(),
  text: z.string().optional(),
});

export const SpeechEvent = z.looseObject({
  type: z.string().describe('`speech.audio.delta`, and `speech.audio.done` at the end.'),
  audio: z.string().optional().describe('A piece of the sound in base64.'),
});

export const Model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: unixSeconds,
  owned_by: z.string(),
  task: z.enum([
    'text-generation',
    'embedding',
    'text-ranking',
    'zero-shot-image-classification',
    'text-to-image',
    'image-to-image',
    'automatic-speech-recognition',
    'text-to-speech',
  ]),
  note: z.string().optional().describe('A short description.'),
  available: z.boolean().describe('Whether one of its hosts is configured.'),
  resolves_to: z
    .string()
    .nullable()
    .optional()
    .describe('For an alias: the id of the model that it currently is; null if none is available.'),
  targets: z.array(z.string()).optional().describe('`host/model`, in the order in which they are tried.'),
  requires: z.array(z.string()).describe('Settings; each one makes the model available.'),
  context_length: z.int().nullish(),
  space: z.string().optional().describe('Only vectors of the same space can be compared.'),
  dimensions: z.int().nullish(),
  min_dimensions: z.int().nullish().describe('The minimum of `dimensions` in a request.'),
  logit_scale: z.number().nullish(),
  modalities: z.array(z.enum(['text', 'image'])).optional(),
  sizes: z.object({ min: z.int(), max: z.int(), default: z.int(), multiple_of: z.int() }).optional(),
});

export const ModelList = z.object({ object: z.literal('list'), data: z.array(Model) });

const names = z.union([z.literal('all'), z.array(z.string())]);

export const ClientSecret = z.object({
  object: z.literal('client_secret'),
  value: z.string().describe('The token. Send it as `Authorization: Bearer <value>`.'),
  expires_at: unixSeconds,
  subject: z.string().describe('The digest of the subject, as it appears in logs.'),
  scopes: names,
  models: names,
  limits: z.record(z.string(), z.number()),
  origin: z.string().nullable(),
});

/** Null if the stored count is damaged. */
const usageCount = () => z.int().nullable();

export const UsageList = z.object({
  object: z.literal('usage'),
  from: z.iso.date(),
  to: z.iso.date(),
  days_kept: z.int(),
  data: z.array(
    z.object({
      date: z.iso.date(),
      key: z.string().optional().describe('The id of the key, or `operator`. Only for a key of `API_KEYS`.'),
      model: z.string(),
      requests: usageCount(),
      failed_requests: usageCount().describe('Those of them that were answered with an error.'),
      prompt_tokens: usageCount(),
      completion_tokens: usageCount(),
      images: usageCount(),
      cache_hits: usageCount(),
      cache_misses: usageCount(),
      cost_usd: z.number().nullable(),
      estimated_requests: usageCount().describe('Requests whose tokens are estimated, because the host did not say.'),
    }),
  ),
});

const runStatus = z.enum(['queued', 'in_progress', 'completed', 'failed', 'cancelled']);

export const Run = z.object({
  id: z.string(),
  object: z.literal('run'),
  status: runStatus,
  route: z.string(),
  background: z.boolean(),
  model: z.string().nullable(),
  target: z.string().nullable().describe('The `host/model` that answered.'),
  created_at: unixSeconds,
  started_at: unixSeconds.nullable(),
  ended_at: unixSeconds.nullable(),
  expires_at: unixSeconds.describe('From then on the run is not found.'),
  attempts: z.int().describe('How often it was started: a second time if the first was interrupted.'),
  request_id: z.string().describe('The request that started it, as in the log.'),
  answer: z
    .object({
      status: z.int(),
      content_type: z.string().nullable(),
      bytes: z.int().describe('Recorded so far.'),
      last_event: z.int().nullable().describe('The number of the last event, for a stream.'),
    })
    .nullable()
    .describe('Null until the answer begins.'),
  usage: z
    .object({
      prompt_tokens: z.int(),
      completion_tokens: z.int(),
      total_tokens: z.int(),
      images: z.int(),
      is_estimated: z.boolean().describe('Whether the tokens are estimated, because the host did not say.'),
    })
    .nullable(),
  timings: z.record(z.string(), z.number()).describe('Milliseconds by stage.'),
  error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() }).nullable(),
  urls: z.object({ self: z.string(), events: z.string(), result: z.string() }),
});

export const RunList = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      id: z.string(),
      object: z.literal('run'),
      status: runStatus,
      route: z.string(),
      created_at: unixSeconds,
      expires_at: unixSeconds,
    }),
  ),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});

export const RunResult = z.looseObject({}).describe('The answer of the route that the run executed.');

const eventType = z.enum(['run.completed', 'run.failed', 'run.cancelled', 'webhook.test']);
const page = { first_id: z.string().nullable(), last_id: z.string().nullable(), has_more: z.boolean() };

export const WebhookEndpoint = z.object({
  id: z.string(),
  object: z.literal('webhook_endpoint'),
  created_at: unixSeconds,
  updated_at: unixSeconds,
  url: z.string(),
  name: z.string(),
  event_types: z.array(eventType),
  enabled: z.boolean(),
  disabled_because: z.enum(['gone', 'owner']).nullable().describe('`gone`: the endpoint answered 410.'),
  dropped_events: z.int().describe('Events that were not sent, because too many deliveries were stored.'),
  signing_secret_hint: z.string().describe('The end of the secret.'),
});

export const WebhookEndpointWithSecret = WebhookEndpoint.extend({
  signing_secret: z.string().describe('`whsec_` and base64. Shown only here.'),
});

export const WebhookEndpointList = z.object({ object: z.literal('list'), data: z.array(WebhookEndpoint), ...page });

export const DeletedWebhookEndpoint = z.object({
  id: z.string(),
  object: z.literal('webhook_endpoint.deleted'),
  deleted: z.literal(true),
});

export const WebhookTest = z.object({
  object: z.literal('webhook_endpoint.test'),
  webhook_endpoint_id: z.string(),
  event_type: eventType,
  status_code: z.int().describe('What the endpoint answered; 0 if it did not.'),
  success: z.boolean(),
});

export const WebhookDelivery = z.object({
  id: z.string().describe('The id of the event, which each attempt has in the header `webhook-id`.'),
  object: z.literal('webhook_delivery'),
  event_type: eventType,
  status: z.enum(['pending', 'delivered', 'failed']),
  created_at: unixSeconds,
  next_attempt_at: unixSeconds.nullable(),
  attempts: z.array(
    z.object({
      at: unixSeconds,
      status_code: z.int().nullable().describe('What the endpoint answered; null if it did not.'),
      milliseconds: z.int(),
    }),
  ),
});

export const WebhookDeliveryList = z.object({ object: z.literal('list'), data: z.array(WebhookDelivery), ...page });

export const HookDelivery = z
  .looseObject({
    object: z.literal('hook.delivery'),
    status: z.enum(['accepted', 'ignored', 'completed']),
    run: z.string().nullable().optional(),
    output: z.string().nullable().optional().describe('What was found, if the hook answers its sender.'),
  })
  .describe('Slack gets its challenge, or nothing, instead.');

export const Liveness = z.object({ status: z.literal('ok') });

export const Readiness = z.object({
  status: z.enum(['ok', 'degraded', 'unusable']),
  problems: z.array(z.string()).describe('What the operator must fix, one sentence each.'),
});

export const ErrorBody = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable().describe('The invalid parameter, as a path: `messages[0].content`.'),
      code: z
        .string()
        .describe(
          "One of the codes listed for each status. For `upstream_rejected`, the host's own code if it sent one.",
        ),
    }),
  })
  .describe("OpenAI's error object. A stream that breaks ends with the same object as its last event.");

export const EmbeddingsError = ErrorBody.extend({ detail: z.string().describe('The same message, as Jina has it.') });

export const RerankError = ErrorBody.extend({ message: z.string(), detail: z.string() });
