import { z } from 'zod';
import { ErrorBody, tokens } from './shared-answers.ts';

export const CachedUsage = z
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

export const cosine = z.number().min(-1.0001).max(1.0001);

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

export const EmbeddingsError = ErrorBody.extend({ detail: z.string().describe('The same message, as Jina has it.') });

export const RerankError = ErrorBody.extend({ message: z.string(), detail: z.string() });
