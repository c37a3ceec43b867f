import { z } from 'zod';

/**
 * What the routes answer, as schemas: the document's descriptions, and what the tests hold real answers against. They
 * cost the Worker nothing, since nothing of it imports them. Chat and completions are the host's own bytes, so they may
 * have more fields than stand here; the other answers are this project's own, and have none.
 */

const tokens = z.int().min(0);
const unixSeconds = z.int().describe('Seconds since 1970.');

const TokenUsage = z
  .looseObject({ prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens })
  .describe('Tokens, as the host counted them.');

const FinishReason = z.string().describe('`stop`, `length`, `tool_calls`, or another word of the host.');

const ToolCall = z.looseObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string().describe('JSON, in a string.') }),
});

export const ChatCompletion = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: unixSeconds,
  model: z.string().describe("The model's name at its host; `x-cedalion-model` has its name here."),
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
  .describe('One event of a stream. With `stream_options.include_usage` the last has no choices, but the usage.');

export const Completion = z
  .looseObject({
    id: z.string(),
    object: z.literal('text_completion'),
    created: unixSeconds,
    model: z.string(),
    choices: z.array(z.looseObject({ index: z.int(), text: z.string(), finish_reason: FinishReason.nullish() })),
    usage: TokenUsage.nullish(),
  })
  .describe('A whole answer; in a stream, one event of it.');

const CachedUsage = z
  .object({
    prompt_tokens: tokens,
    total_tokens: tokens,
    cache_hits: z.int().min(0).describe('Items that came from the cache.'),
    cache_misses: z.int().min(0).describe('Items that the host embedded.'),
  })
  .describe('Tokens of the misses only: the hits were paid for earlier.');

export const EmbeddingList = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z
        .union([z.array(z.number()), z.base64()])
        .describe('A vector of length 1: numbers, or with `base64` their little-endian float32 bytes.'),
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
        index: z.int().describe('Which of `documents`.'),
        query_index: z.int().optional().describe('Which of several queries is nearest to it.'),
        relevance_score: z.number().min(0).describe('The cosine, or 0 where it is negative.'),
        cosine,
        logit: z.number().nullable().describe("The cosine times the model's logit scale; null where it has none."),
        document: z.unknown().optional().describe('The document, where `return_documents` asked for it.'),
      }),
    )
    .describe('Nearest first.'),
  matrix: z.array(z.array(cosine)).optional().describe('Queries by documents, where `query` is a list.'),
  usage: CachedUsage,
});

const Prediction = z.object({ label: z.string(), score: z.number().min(0).max(1), cosine: cosine.nullable() });

export const ClassificationList = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('classification'),
      index: z.int().describe('Which of the inputs.'),
      prediction: z.string().describe('The best label.'),
      score: z.number().min(0).max(1),
      predictions: z.array(Prediction).describe('Best first. `cosine` is null where the host gives scores only.'),
    }),
  ),
  relative: z
    .literal(true)
    .optional()
    .describe('The host gives relative scores only: those of one request compare with each other, no others.'),
  usage: CachedUsage.optional(),
});

export const ImageList = z.object({
  created: unixSeconds,
  model: z.string(),
  output_format: z.enum(['png', 'jpeg', 'webp', 'gif']),
  size: z.string().describe("The first picture's true size, `<width>x<height>`."),
  data: z.array(
    z.object({
      b64_json: z.base64().optional(),
      url: z.string().optional().describe('A `data:` URL, where `response_format` is `url`.'),
      seed: z.int().describe('Makes this picture again.'),
    }),
  ),
});

export const Model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: unixSeconds,
  owned_by: z.string(),
  task: z.enum(['text-generation', 'embedding', 'zero-shot-image-classification', 'text-to-image']),
  note: z.string().optional().describe('What it is, in a line.'),
  available: z.boolean().describe('Whether a setting of one of its hosts is set.'),
  resolves_to: z.string().nullable().optional().describe('For an alias: the model that it stands for now.'),
  targets: z.array(z.string()).optional().describe('`host/model` in the order in which they are tried.'),
  requires: z.array(z.string()).describe('Settings of which one makes it available.'),
  context_length: z.int().nullish(),
  space: z.string().optional().describe('Only vectors of one space can be compared.'),
  dimensions: z.int().nullish(),
  min_dimensions: z.int().nullish().describe('The fewest that a vector may be cut to.'),
  logit_scale: z.number().nullish(),
  modalities: z.array(z.enum(['text', 'image'])).optional(),
  sizes: z.object({ min: z.int(), max: z.int(), default: z.int(), multiple_of: z.int() }).optional(),
});

export const ModelList = z.object({ object: z.literal('list'), data: z.array(Model) });

export const Liveness = z.object({ status: z.literal('ok') });

export const Readiness = z.object({
  status: z.enum(['ok', 'degraded', 'unusable']),
  problems: z.array(z.string()).describe('What the operator has to fix, one sentence each.'),
});

export const ErrorBody = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable().describe('The parameter at fault, as a path: `messages[0].content`.'),
      code: z
        .string()
        .describe(
          "One of the codes listed with each status; for `upstream_rejected`, the host's own code if it sent one.",
        ),
    }),
  })
  .describe("OpenAI's error. A stream that breaks ends with the same object as its last event.");
