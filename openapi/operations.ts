import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type * as mini from 'zod/mini';
import { chatRequest } from '../routes/chat.ts';
import { classifyRequest } from '../routes/classify.ts';
import { completionRequest } from '../routes/completions.ts';
import { embeddingsRequest } from '../routes/embeddings.ts';
import { imagesRequest } from '../routes/images.ts';
import { similarityRequest } from '../routes/similarity.ts';
import type { ErrorCode } from '../src/errors.ts';
import * as answers from './answers.ts';

export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post';
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  readonly request?: { readonly name: string; readonly schema: mini.ZodMiniType };
  readonly answer: { readonly name: string; readonly schema: z.ZodType };
  /** Where the request has `stream: true`: what each event is. */
  readonly event?: { readonly name: string; readonly schema: z.ZodType };
  /** Takes pictures as parts or as a whole body, and keeps vectors. */
  readonly takesPictures?: boolean;
  /** Gives a picture as it is where the caller accepts `image/*`. */
  readonly givesPictures?: boolean;
  /** Without a key. */
  readonly open?: boolean;
  readonly errors: readonly ErrorCode[];
  /** A request that really works, with the tiny models. */
  readonly example: { readonly path?: string; readonly body?: object };
}

export const TAGS = {
  Text: 'Text generation. Answers are the own bytes of the host that made them.',
  Vectors: 'Embeddings and what follows from them. Each vector is cached by its content, text or picture.',
  Images: 'Pictures from prompts.',
  Models: 'What there is, and where it is served.',
  Health: 'For load balancers and operators. No key is needed.',
} as const;

const ROUTE = ['method_not_allowed', 'internal_error'] as const;
const KEYED = [...ROUTE, 'invalid_api_key', 'keys_not_configured', 'configuration_invalid'] as const;
const BODY = [
  ...KEYED,
  'invalid_json',
  'invalid_parameter',
  'unsupported_parameter',
  'wrong_task',
  'model_not_found',
  'model_unavailable',
  'body_too_large',
  'unsupported_media_type',
  'client_closed_request',
] as const;
const HOSTED = [
  ...BODY,
  'upstream_rejected',
  'upstream_rate_limited',
  'insufficient_quota',
  'upstream_unauthorized',
  'upstream_model_missing',
  'upstream_error',
  'upstream_unreachable',
  'upstream_invalid_answer',
  'upstream_answer_too_large',
  'upstream_cold',
  'upstream_overloaded',
  'upstream_headers_timeout',
  'upstream_total_timeout',
] as const;
const STREAMED = [...HOSTED, 'upstream_stream_cut', 'upstream_first_event_timeout'] as const;
const PICTURED = [...HOSTED, 'invalid_picture', 'picture_url_refused', 'picture_url_failed'] as const;

const SQUARE = readFileSync(join(import.meta.dirname, '../test/fixtures/pictures/blue-square.png')).toString('base64');

export const operations: readonly Operation[] = [
  {
    id: 'createChatCompletion',
    method: 'post',
    path: '/v1/chat/completions',
    tag: 'Text',
    summary: 'Answer a conversation',
    description:
      "OpenAI's chat completions. Fields that do not stand here pass to the host unchanged. A stream ends with `data: [DONE]`, or, where it breaks, with an error as its last event.",
    request: { name: 'ChatRequest', schema: chatRequest() },
    answer: { name: 'ChatCompletion', schema: answers.ChatCompletion },
    event: { name: 'ChatCompletionChunk', schema: answers.ChatCompletionChunk },
    errors: STREAMED,
    example: {
      body: {
        model: 'text',
        messages: [
          {
            role: 'user',
            content:
              "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.",
          },
        ],
        temperature: 0,
      },
    },
  },
  {
    id: 'createCompletion',
    method: 'post',
    path: '/v1/completions',
    tag: 'Text',
    summary: 'Continue a text',
    description:
      "OpenAI's legacy completions. At a host that has chat only, the prompt becomes a chat of one message, and `suffix` and `logprobs` are refused.",
    request: { name: 'CompletionRequest', schema: completionRequest() },
    answer: { name: 'Completion', schema: answers.Completion },
    event: { name: 'Completion', schema: answers.Completion },
    errors: STREAMED,
    example: {
      body: { model: 'text', prompt: 'sea => mer\ncheese => fromage\nhouse =>', max_tokens: 8, temperature: 0 },
    },
  },
  {
    id: 'createEmbeddings',
    method: 'post',
    path: '/v1/embeddings',
    tag: 'Vectors',
    summary: 'Turn texts and pictures into vectors',
    description:
      "OpenAI's embeddings, with pictures among the items. Vectors have length 1, so that a dot product is a cosine.",
    request: { name: 'EmbeddingsRequest', schema: embeddingsRequest() },
    answer: { name: 'EmbeddingList', schema: answers.EmbeddingList },
    takesPictures: true,
    errors: PICTURED,
    example: { body: { model: 'clip', input: 'a photo of a cat', encoding_format: 'base64' } },
  },
  {
    id: 'compareItems',
    method: 'post',
    path: '/v1/similarity',
    tag: 'Vectors',
    summary: 'Sort items by how near they are to a query',
    description:
      'Texts and pictures alike, nearest first. Cosines of real CLIP models between a picture and a text that fits it lie near 0.15 to 0.35: compare them with each other, not with 1.',
    request: { name: 'SimilarityRequest', schema: similarityRequest() },
    answer: { name: 'SimilarityList', schema: answers.SimilarityList },
    takesPictures: true,
    errors: PICTURED,
    example: { body: { model: 'clip', query: { image: SQUARE }, documents: ['a red circle', 'a blue square'] } },
  },
  {
    id: 'classifyItems',
    method: 'post',
    path: '/v1/classify',
    tag: 'Vectors',
    summary: 'Choose the label that fits, from words alone',
    description: 'Zero-shot classification: a softmax over the labels at the logit scale of the model.',
    request: { name: 'ClassifyRequest', schema: classifyRequest() },
    answer: { name: 'ClassificationList', schema: answers.ClassificationList },
    takesPictures: true,
    errors: PICTURED,
    example: {
      body: {
        model: 'clip',
        input: { image: SQUARE },
        labels: ['circle', 'square', 'star'],
        hypothesis_template: 'a {}',
      },
    },
  },
  {
    id: 'createImage',
    method: 'post',
    path: '/v1/images/generations',
    tag: 'Images',
    summary: 'Make a picture from a prompt',
    description:
      "OpenAI's image generation, and a seed. With `Accept: image/*` the answer is the picture itself, streamed from the host, and the header `x-cedalion-seed` has its seed.",
    request: { name: 'ImagesRequest', schema: imagesRequest() },
    answer: { name: 'ImageList', schema: answers.ImageList },
    givesPictures: true,
    errors: HOSTED,
    example: { body: { model: 'image', prompt: 'a red house', size: '64x64', seed: 7 } },
  },
  {
    id: 'listModels',
    method: 'get',
    path: '/v1/models',
    tag: 'Models',
    summary: 'List the models',
    description: 'Aliases first, with what they stand for now; then every model, whether or not it is set up.',
    answer: { name: 'ModelList', schema: answers.ModelList },
    errors: KEYED,
    example: {},
  },
  {
    id: 'getModel',
    method: 'get',
    path: '/v1/models/{id}',
    tag: 'Models',
    summary: 'Describe one model',
    description: 'The slashes of an id may be percent-encoded or not.',
    answer: { name: 'Model', schema: answers.Model },
    errors: [...KEYED, 'model_not_found'],
    example: { path: '/v1/models/clip' },
  },
  {
    id: 'checkLiveness',
    method: 'get',
    path: '/livez',
    tag: 'Health',
    summary: 'Does this Worker run?',
    description: 'Asks no host.',
    answer: { name: 'Liveness', schema: answers.Liveness },
    open: true,
    errors: ROUTE,
    example: {},
  },
  {
    id: 'checkReadiness',
    method: 'get',
    path: '/readyz',
    tag: 'Health',
    summary: 'Can this Worker answer?',
    description: 'Whether keys are configured and every setting is usable; 503 and the problems where not.',
    answer: { name: 'Readiness', schema: answers.Readiness },
    open: true,
    errors: ROUTE,
    example: {},
  },
];
