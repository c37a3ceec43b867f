import * as sizes from '../../src/base/sizes.ts';
import type { HttpRequest } from '../client.ts';
import type { Gateway } from '../gateways.ts';
import { png } from '../picture.ts';
import { chat, conversation, embeddings, notStored, post, repeated, similarity, texts, user } from '../requests.ts';
import { largestForms } from './largest-forms.ts';
import type { LargestRequest } from './largest-request.ts';
import { largestSurfaces } from './largest-surfaces.ts';
import { largestTexts } from './largest-texts.ts';
import { megabytes } from './workload.ts';

const WORDS = 'some words in a line\n';
/** Bytes of a request or an answer around its largest part, and more. */
const AROUND = 2000;
const CHAT = sizes.MAX_CHAT_BODY_BYTES - AROUND;
const TEXT = sizes.MAX_TEXT_BYTES - AROUND;
const ANSWER = sizes.MAX_TEXT_ANSWER_BYTES - AROUND;
const PICTURE = Math.min(10e6, sizes.MAX_PICTURE_BYTES, ((sizes.MAX_ITEMS_BODY_BYTES - AROUND) * 3) / 4);
const PICTURES = 10;
const GENERATED = Math.min(sizes.MAX_PICTURE_ANSWER_BYTES, Math.floor(sizes.MAX_PICTURES_ANSWER_BYTES / PICTURES));

/** The requests of each route that hold the most memory, at the limits of src/base/sizes.ts. */
const ownRoutes: readonly LargestRequest[] = [
  {
    name: 'chat_text',
    title: `Chat, ${megabytes(CHAT)} of text in one message`,
    build: (gateway) => chat(gateway, 'whole', [user(repeated('word ', CHAT))]),
  },
  {
    name: 'chat_picture',
    title: `Chat, a picture of ${megabytes(PICTURE)}`,
    build: (gateway) => chat(gateway, 'whole', [user([{ type: 'image_url', image_url: { url: url(PICTURE) } }])]),
  },
  {
    name: 'chat_messages',
    title: `Chat, ${megabytes(TEXT)} in many messages`,
    build: (gateway) => chat(gateway, 'whole', conversation(TEXT)),
  },
  {
    name: 'chat_answer',
    title: `Chat, an answer of ${megabytes(ANSWER)}`,
    build: (gateway) => chat(gateway, `whole-${ANSWER}`, [user('Hello.')]),
  },
  {
    name: 'completions_text',
    title: `Completions, ${megabytes(TEXT)} of text`,
    build: (gateway) =>
      post(gateway, '/v1/completions', { model: `${gateway.modelPrefix}whole`, prompt: repeated(WORDS, TEXT * 0.95) }),
  },
  {
    name: 'embeddings_float',
    title: 'Embeddings, 2,048 new texts, 1,536 dimensions, as numbers',
    build: (gateway) => embeddings(gateway, 1536, texts(2048, 'new'), { encoding_format: 'float' }),
  },
  {
    name: 'embeddings_base64',
    title: 'Embeddings, 2,048 new texts, 1,536 dimensions, as base64',
    build: (gateway) => embeddings(gateway, 1536, texts(2048, 'new')),
  },
  {
    name: 'embeddings_not_stored',
    title: 'Embeddings, 2,048 texts, 1,536 dimensions, as base64, not stored',
    build: (gateway) => notStored(embeddings(gateway, 1536, texts(2048, 'new'))),
  },
  {
    name: 'embeddings_known',
    title: 'Embeddings, 2,048 texts, 1,536 dimensions, as numbers, all in KV',
    build: (gateway) => embeddings(gateway, 1536, texts(2048, 'known'), { encoding_format: 'float' }),
    // By default, a request writes at most this many vectors.
    before: (gateway) => inSlices(texts(2048, 'known'), 20).map((some) => embeddings(gateway, 1536, some)),
  },
  {
    name: 'clip_picture',
    title: `Embedding of a picture of ${megabytes(PICTURE)}, JSON`,
    build: (gateway) => clip(gateway, { image: png(PICTURE).toString('base64') }),
  },
  {
    name: 'clip_pictures',
    title: `Embeddings of ${PICTURES} pictures of ${megabytes(PICTURE / PICTURES)}, JSON`,
    build: (gateway) =>
      clip(
        gateway,
        Array.from({ length: PICTURES }, () => ({ image: png(PICTURE / PICTURES).toString('base64') })),
      ),
  },
  {
    name: 'clip_multipart',
    title: `Embedding of a picture of ${megabytes(PICTURE)}, multipart`,
    build: (gateway) => multipart(gateway, { model: 'tiny-clip', input: { image: 'attach://picture' } }, png(PICTURE)),
  },
  {
    name: 'similarity',
    title: 'Similarity 100 x 1,000, new texts, 512 dimensions',
    build: (gateway) => similarity(gateway, texts(100, 'query'), texts(1000, 'new')),
  },
  {
    name: 'classify',
    title: 'Classify 100 texts with 1,000 labels, new, 512 dimensions',
    build: (gateway) =>
      post(gateway, '/v1/classify', {
        model: 'openai/clip-vit-base-patch32',
        input: texts(100, 'input'),
        labels: texts(1000, 'new'),
      }),
  },
  {
    name: 'images',
    title: `Image generation, ${PICTURES} pictures of ${megabytes(GENERATED)}`,
    // The upstream's picture has the size that the prompt names.
    build: (gateway) =>
      post(gateway, '/v1/images/generations', {
        model: 'tiny-image',
        prompt: `a picture of ${GENERATED} bytes`,
        size: '64x64',
        n: PICTURES,
      }),
  },
];

export const largestRequests: readonly LargestRequest[] = [
  ...ownRoutes,
  ...largestTexts,
  ...largestSurfaces,
  ...largestForms,
];

/** Four of the largest, each of another kind. */
export const differentRequests = named('chat_text', 'embeddings_float', 'clip_multipart', 'images');

/**
 * The highest peaks of the last full run, each of another route. A classifier's is higher, and trains for a
 * minute.
 */
export const highestRequests = named('embeddings_known', 'rerank_large_texts', 'responses_answer', 'hub_vectors');

function named(...names: readonly string[]): LargestRequest[] {
  return names.map((name) => largestRequests.find((request) => request.name === name) as LargestRequest);
}

function inSlices<T>(all: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / length) }, (_, i) => all.slice(i * length, (i + 1) * length));
}

const url = (bytes: number) => `data:image/png;base64,${png(bytes).toString('base64')}`;

const clip = (gateway: Gateway, input: unknown) => post(gateway, '/v1/embeddings', { model: 'tiny-clip', input });

function multipart({ headers }: Gateway, payload: unknown, picture: Buffer): HttpRequest {
  const boundary = 'cedalion-bench';
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="payload"\r\nContent-Type: application/json\r\n\r\n` +
    `${JSON.stringify(payload)}\r\n--${boundary}\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n` +
    'Content-Type: image/png\r\n\r\n';
  return {
    path: '/v1/embeddings',
    headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), picture, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
