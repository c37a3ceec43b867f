import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as mini from 'zod/mini';
import { speechRequest } from '../routes/audio-speech.ts';
import { transcriptionForm } from '../routes/audio-transcriptions.ts';
import { chatRequest } from '../routes/chat.ts';
import { classifyRequest } from '../routes/classify.ts';
import { clientSecretRequest } from '../routes/client-secrets.ts';
import { completionRequest } from '../routes/completions.ts';
import { embeddingsRequest } from '../routes/embeddings.ts';
import { imagesRequest } from '../routes/images.ts';
import { editRequest } from '../routes/images-edits.ts';
import { rerankRequest } from '../routes/rerank.ts';
import { similarityRequest } from '../routes/similarity.ts';
import * as answers from './answers.ts';
import { classifierOperations } from './classifier-operations.ts';
import { mcpOperation } from './mcp-operation.ts';
import { type Before, HOSTED, JSON_BODY, KEYED, type Operation, PICTURED, ROUTE, RUNS, STREAMED } from './operation.ts';
import { promptOperations } from './prompt-operations.ts';
import { responseOperations } from './response-operations.ts';
import { webhookOperations } from './webhook-operations.ts';

/** A chat that is recorded with an idempotency key, and the id of its run: the digest of caller, route and key. */
function recordedChat(key: string, stream: boolean): { id: string; before: Before } {
  const path = '/v1/chat/completions';
  const digest = createHash('sha256').update(`operator\n${path}\n${key}`).digest('base64url');
  const body = { model: 'text', messages: [{ role: 'user', content: 'Translate to French: house' }], stream };
  const headers = { 'idempotency-key': key, 'x-cedalion-resume': 'true' };
  return { id: `run_k${digest}`, before: { path, body, headers } };
}
const streamed = recordedChat('example', true);
const whole = recordedChat('example-whole', false);

const SQUARE = readFileSync(join(import.meta.dirname, '../test/fixtures/pictures/blue-square.png')).toString('base64');

/** Each task has a schema of its own: see src/surfaces/hub/. */
const taskRequest = mini.looseObject({
  inputs: mini.unknown(),
  parameters: mini.optional(mini.looseObject({})),
  stream: mini.optional(mini.boolean()),
});

export const operations: readonly Operation[] = [
  {
    id: 'createChatCompletion',
    method: 'post',
    path: '/v1/chat/completions',
    alsoAt: ['/models/{id}/v1/chat/completions', '/hf-inference/models/{id}/v1/chat/completions'],
    tag: 'Text',
    summary: 'Create a chat completion',
    description:
      "OpenAI's chat completions. Fields that are not listed here are forwarded to the host unchanged. A stream ends with `data: [DONE]`; if it breaks, its last event is an error. The body has at most 14 MiB, and 5 MiB besides pictures.",
    request: { name: 'ChatRequest', schema: chatRequest() },
    answer: { name: 'ChatCompletion', schema: answers.ChatCompletion },
    event: { name: 'ChatCompletionChunk', schema: answers.ChatCompletionChunk },
    records: true,
    errors: [...STREAMED, ...RUNS, 'prompt_not_found', 'prompt_version_not_found'],
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
    alsoAt: ['/models/{id}/v1/completions', '/hf-inference/models/{id}/v1/completions'],
    tag: 'Text',
    summary: 'Create a completion',
    description:
      "OpenAI's legacy completions. If the host only has chat, the prompt becomes a chat of one message, and `suffix` and `logprobs` are rejected. The body has at most 5 MiB.",
    request: { name: 'CompletionRequest', schema: completionRequest() },
    answer: { name: 'Completion', schema: answers.Completion },
    event: { name: 'Completion', schema: answers.Completion },
    records: true,
    errors: [...STREAMED, ...RUNS],
    example: {
      body: { model: 'text', prompt: 'sea => mer\ncheese => fromage\nhouse =>', max_tokens: 8, temperature: 0 },
    },
  },
  ...responseOperations([...STREAMED, ...RUNS]),
  {
    id: 'createEmbeddings',
    method: 'post',
    path: '/v1/embeddings',
    tag: 'Vectors',
    summary: 'Embed texts and pictures',
    description:
      "OpenAI's embeddings, for texts and pictures. Vectors have unit length, so their dot product is the cosine. Errors have `detail` beside `error`. The body has at most 14 MiB.",
    request: { name: 'EmbeddingsRequest', schema: embeddingsRequest() },
    answer: { name: 'EmbeddingList', schema: answers.EmbeddingList },
    failure: { name: 'EmbeddingsError', schema: answers.EmbeddingsError },
    takesPictures: true,
    records: true,
    errors: [...PICTURED, ...RUNS],
    example: { body: { model: 'clip', input: 'a photo of a cat', encoding_format: 'base64' } },
  },
  {
    id: 'compareItems',
    method: 'post',
    path: '/v1/similarity',
    tag: 'Vectors',
    summary: 'Rank items by similarity to a query',
    description:
      'Compares texts and pictures, nearest first. With real CLIP models, the cosine of a picture and a matching text is about 0.15 to 0.35: compare cosines with each other, not with 1. The body has at most 14 MiB.',
    request: { name: 'SimilarityRequest', schema: similarityRequest() },
    answer: { name: 'SimilarityList', schema: answers.SimilarityList },
    takesPictures: true,
    records: true,
    errors: [...PICTURED, ...RUNS],
    example: { body: { model: 'clip', query: { image: SQUARE }, documents: ['a red circle', 'a blue square'] } },
  },
  {
    id: 'classifyItems',
    method: 'post',
    path: '/v1/classify',
    tag: 'Vectors',
    summary: 'Classify items by labels or by a classifier',
    description:
      'With `labels`, zero-shot classification: a softmax over the labels with the logit scale of the model. With `classifier_id`, the labels that a classifier has learned from examples. The body has at most 14 MiB.',
    request: { name: 'ClassifyRequest', schema: classifyRequest() },
    answer: { name: 'ClassificationList', schema: answers.ClassificationList },
    takesPictures: true,
    records: true,
    errors: [...PICTURED, ...RUNS, 'classifier_not_found', 'classifier_space_mismatch', 'classifiers_unavailable'],
    example: {
      body: {
        model: 'clip',
        input: { image: SQUARE },
        labels: ['circle', 'square', 'star'],
        hypothesis_template: 'a {}',
      },
    },
  },
  ...classifierOperations,
  {
    id: 'createImage',
    method: 'post',
    path: '/v1/images/generations',
    tag: 'Images',
    summary: 'Generate images from a prompt',
    description:
      "OpenAI's image generation, with a seed. With `Accept: image/*`, the answer is the image itself, streamed from the host, and the header `x-cedalion-seed` has its seed. The body has at most 1 MiB.",
    request: { name: 'ImagesRequest', schema: imagesRequest() },
    answer: { name: 'ImageList', schema: answers.ImageList },
    others: { 'text/event-stream': 'With `stream: true`: an event `image_generation.completed` for each image.' },
    givesPictures: true,
    records: true,
    errors: [...HOSTED, ...RUNS],
    example: { body: { model: 'image', prompt: 'a red house', size: '64x64', seed: 7 } },
  },
  {
    id: 'editImage',
    method: 'post',
    path: '/v1/images/edits',
    tag: 'Images',
    summary: 'Change images as a prompt says',
    description:
      "OpenAI's image edits, at a host: no tiny model does this. Fields that are not listed are forwarded to OpenAI-compatible hosts; open models reject those that they do not support. The answers are those of image generation. The body has at most 14 MiB.",
    request: { name: 'EditRequest', schema: editRequest() },
    answer: { name: 'ImageList', schema: answers.ImageList },
    others: { 'text/event-stream': 'With `stream: true`: an event `image_edit.completed` for each image.' },
    files: {
      image: 'The image to change.',
      'image[]': 'Or several of them.',
      mask: 'The first image may only change where this one is transparent.',
    },
    givesPictures: true,
    records: true,
    isHosted: true,
    errors: [...PICTURED, ...RUNS],
    example: { body: { model: 'image', prompt: 'Make it a red square', images: [{ image_url: SQUARE }] } },
  },
  ...(['transcriptions', 'translations'] as const).map(
    (into): Operation => ({
      id: into === 'transcriptions' ? 'createTranscription' : 'createTranslation',
      method: 'post',
      path: `/v1/audio/${into}`,
      tag: 'Audio',
      summary: into === 'transcriptions' ? 'Transcribe speech' : 'Translate speech into English text',
      description:
        "OpenAI's route, at a host: no tiny model does this. The form goes to the host while it arrives, and the answer is the host's own. Fields that are not listed are forwarded unchanged. A form of up to 1 MiB is repeated if that is safe, and sent to another host if one fails; a larger one is sent once. The body has at most 25 MiB.",
      request: { name: 'TranscriptionForm', schema: transcriptionForm() },
      answer: { name: 'Transcript', schema: answers.Transcript },
      event: { name: 'TranscriptEvent', schema: answers.TranscriptEvent },
      files: { file: 'The sound, in any format that the host can read.' },
      onlyForm: true,
      others: { 'text/plain': 'With `response_format` `text`, `srt` or `vtt`.' },
      records: true,
      isHosted: true,
      errors: [...STREAMED, ...RUNS],
      example: { form: { model: 'whisper', file: '@speech.mp3' } },
    }),
  ),
  {
    id: 'createSpeech',
    method: 'post',
    path: '/v1/audio/speech',
    tag: 'Audio',
    summary: 'Speak a text',
    description:
      "OpenAI's route, at a host: no tiny model does this. The sound is passed on while the host makes it; if the host breaks off, so does the connection. Fields that are not listed are forwarded unchanged. The body has at most 1 MiB.",
    request: { name: 'SpeechRequest', schema: speechRequest() },
    answer: { name: 'SpeechEvent', schema: answers.SpeechEvent },
    others: { 'audio/*': 'The sound, in the format of `response_format`.' },
    onlyOthers: true,
    event: { name: 'SpeechEvent', schema: answers.SpeechEvent },
    records: true,
    isHosted: true,
    errors: [...STREAMED, ...RUNS],
    example: { body: { model: 'tts', input: 'Hello.', voice: 'af_alloy' } },
  },
  {
    id: 'rerankDocuments',
    method: 'post',
    path: '/v1/rerank',
    alsoAt: ['/v2/rerank', '/rerank'],
    tag: 'Vectors',
    summary: 'Rerank documents by relevance to a query',
    description:
      'The requests and answers of Cohere (v1 and v2) and Jina, and the requests of Voyage, also at `/v2/rerank` and `/rerank`. The relevance is that of `/v1/similarity`, by the vectors of query and document: it is not that of a cross-encoder, unless the operator has named the model as one that its host ranks (`scores: "host"`). `max_tokens_per_doc` and `max_chunks_per_doc` have no effect: a model reads as much of a text as it can. Errors have `message` and `detail` beside `error`. The body has at most 14 MiB.',
    request: { name: 'RerankRequest', schema: rerankRequest() },
    answer: { name: 'RerankList', schema: answers.RerankList },
    failure: { name: 'RerankError', schema: answers.RerankError },
    takesPictures: true,
    records: true,
    errors: [...PICTURED, ...RUNS],
    example: {
      body: { model: 'embed', query: 'a photo of a cat', documents: ['a boat', 'a cat', 'a house'], top_n: 2 },
    },
  },
  {
    id: 'runTask',
    method: 'post',
    path: '/models/{id}',
    alsoAt: ['/hf-inference/models/{id}'],
    tag: 'Tasks',
    summary: 'Run a task of Hugging Face',
    description:
      'Feature extraction, sentence similarity, zero-shot classification of texts and pictures, text to image, summarization, translation and text generation. The path names the task, as in `/models/text/pipeline/summarization`; or else the shape of the body does, or the task of the model. A stream of `text-generation` has the events of Text Generation Inference. Also at `/hf-inference/models/{id}`. Errors have the message in `error`, and status 500 instead of 503. The body has at most 14 MiB.',
    request: { name: 'TaskRequest', schema: taskRequest },
    answer: { name: 'TaskAnswer', schema: answers.TaskAnswer },
    failure: { name: 'TaskError', schema: answers.TaskError },
    takesPictures: true,
    givesPictures: true,
    records: true,
    errors: [...new Set([...STREAMED, ...PICTURED]), ...RUNS],
    example: {
      path: '/models/embed',
      body: { inputs: { source_sentence: 'a photo of a cat', sentences: ['a drawing of a cat', 'a photo of a boat'] } },
    },
  },
  {
    id: 'listRuns',
    method: 'get',
    path: '/v1/runs',
    tag: 'Runs',
    summary: 'List your runs',
    description:
      'Streams that can be resumed and runs in the background, newest first. Requests that only have an `Idempotency-Key` are not listed.',
    query: {
      status: 'Only runs with this status: `queued`, `in_progress`, `completed`, `failed` or `cancelled`.',
      created_after: 'Only runs that were created at this Unix time, in seconds, or later.',
      created_before: 'Only runs that were created before this Unix time, in seconds.',
      after: 'The id of the last run of the previous page.',
      limit: 'Runs of a page, 1 to 100. The default is 20.',
    },
    answer: { name: 'RunList', schema: answers.RunList },
    errors: [...KEYED, 'invalid_parameter', 'runs_unavailable'],
    example: { before: streamed.before },
  },
  {
    id: 'getRun',
    method: 'get',
    path: '/v1/runs/{id}',
    tag: 'Runs',
    summary: 'Get the status of a run',
    description: 'Status, usage, timings and error. The id is in the header `x-run-id` of the answer.',
    answer: { name: 'Run', schema: answers.Run },
    errors: [...KEYED, 'run_not_found', 'runs_unavailable'],
    example: { path: `/v1/runs/${streamed.id}`, before: streamed.before },
  },
  {
    id: 'cancelRun',
    method: 'post',
    path: '/v1/runs/{id}/cancel',
    tag: 'Runs',
    summary: 'Cancel a run',
    description:
      'Closes the request to the host. What was answered until then is kept. A run that has ended stays as it is.',
    answer: { name: 'Run', schema: answers.Run },
    errors: [...KEYED, 'run_not_found', 'runs_unavailable'],
    example: { path: `/v1/runs/${streamed.id}/cancel`, before: streamed.before },
  },
  {
    id: 'readRunEvents',
    method: 'get',
    path: '/v1/runs/{id}/events',
    tag: 'Runs',
    summary: 'Resume a stream',
    description:
      'The events of a stream after the one named by `Last-Event-ID` or `starting_after`, and those that follow while it goes on. Joined, they are byte for byte the stream that was not cut. Status 204 if there are none left.',
    query: { starting_after: 'The number of the last event that was received. The default is 0.' },
    answer: { name: 'ChatCompletionChunk', schema: answers.ChatCompletionChunk },
    readsRun: 'events',
    errors: [
      ...KEYED,
      'invalid_parameter',
      'run_not_found',
      'runs_unavailable',
      'run_not_a_stream',
      'run_cancelled',
      'run_interrupted',
    ],
    example: { path: `/v1/runs/${streamed.id}/events?starting_after=1`, before: streamed.before },
  },
  {
    id: 'getRunResult',
    method: 'get',
    path: '/v1/runs/{id}/result',
    tag: 'Runs',
    summary: 'Get the answer of a run',
    description:
      'Status, headers and body as the request itself would have got them. While the run goes on, `Prefer: wait=<seconds>` waits for its end.',
    answer: { name: 'RunResult', schema: answers.RunResult },
    readsRun: 'result',
    errors: [...KEYED, 'run_not_found', 'runs_unavailable', 'run_in_progress', 'run_cancelled', 'run_interrupted'],
    example: { path: `/v1/runs/${whole.id}/result`, before: whole.before },
  },
  ...promptOperations([...STREAMED, ...RUNS]),
  ...webhookOperations,
  mcpOperation,
  {
    id: 'listModels',
    method: 'get',
    path: '/v1/models',
    tag: 'Models',
    summary: 'List the models',
    description:
      'Aliases first, with the models that they currently are. Then every model of the catalogue, available or not.',
    answer: { name: 'ModelList', schema: answers.ModelList },
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
    answer: { name: 'Model', schema: answers.Model },
    errors: [...KEYED, 'model_not_found'],
    example: { path: '/v1/models/clip' },
  },
  {
    id: 'createClientSecret',
    method: 'post',
    path: '/v1/client_secrets',
    tag: 'Callers',
    summary: 'Create a client token',
    description:
      'A short-lived token for an app on one device, no wider than the key that creates it. Apps that use App Check create their own: with the header `X-Firebase-AppCheck` instead of a key. Unknown fields are rejected. The body has at most 1 MiB.',
    request: { name: 'ClientSecretRequest', schema: clientSecretRequest() },
    answer: { name: 'ClientSecret', schema: answers.ClientSecret },
    errors: [
      ...KEYED,
      ...JSON_BODY,
      'invalid_app_check',
      'scope_missing',
      'tokens_not_configured',
      'app_check_unavailable',
    ],
    example: { body: { subject: 'user-42', scopes: ['text'], limits: { requests_per_minute: 20, usd_per_day: 0.5 } } },
  },
  {
    id: 'getUsage',
    method: 'get',
    path: '/v1/usage',
    tag: 'Callers',
    summary: 'Get usage by day and model',
    description:
      "A key sees its own usage, which includes that of its tokens. A key of `API_KEYS` sees the usage of all keys. Usage appears two seconds after a request at the latest, and is kept for 400 days. Costs are computed from the operator's prices, or from default prices. A count that is damaged in storage is null: unknown.",
    query: {
      from: 'First day (UTC), such as 2026-11-01. The default is 29 days before `to`.',
      to: 'Last day (UTC). The default is today.',
    },
    answer: { name: 'UsageList', schema: answers.UsageList },
    errors: [...KEYED, 'invalid_parameter', 'scope_missing'],
    example: {},
  },
  {
    id: 'checkLiveness',
    method: 'get',
    path: '/livez',
    tag: 'Health',
    summary: 'Check that the Worker runs',
    description: 'Calls no host.',
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
    summary: 'Check the configuration',
    description:
      '`ok`, or `degraded` if an unusable setting affects some models only. `unusable`, with status 503, if `API_KEYS` is missing or unusable.',
    answer: { name: 'Readiness', schema: answers.Readiness },
    open: true,
    errors: ROUTE,
    example: {},
  },
];
