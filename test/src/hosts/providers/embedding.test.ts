import { InferenceClient } from '@huggingface/inference';
import { describe, expect, it, vi } from 'vitest';
import { clipEndpoint, openaiHost, origin } from '../../../../src/call/hosts.ts';
import type { EmbeddingInput, EmbeddingTarget } from '../../../../src/call/tasks.ts';
import * as huggingface from '../../../../src/hosts/providers/huggingface.ts';
import * as infinity from '../../../../src/hosts/providers/infinity.ts';
import * as jina from '../../../../src/hosts/providers/jina.ts';
import * as openai from '../../../../src/hosts/providers/openai.ts';
import { callFor } from '../../../support/call.ts';
import { PNG } from '../../../support/pictures.ts';
import { type Host, ORIGIN, serve } from '../../../support/worker.ts';

/** The contract of every target that embeds, with answers as the hosts send them. */

const ROUTER = 'https://router.huggingface.co';
const settings = {
  HF_TOKEN: 'hf_x',
  INFERENCE_URL: ORIGIN,
  CLIP_ENDPOINT_URL: 'https://clip.example.com',
  CLIP_ENDPOINT_TOKEN: 'clip-token',
  OPENAI_BASE_URL: 'https://llm.example.com/v1',
  JINA_API_KEY: 'jina_x',
};
const VECTORS = [
  [1, 0, 0.5],
  [0.25, 1, 0],
];
const base64 = (vector: number[]) => new Uint8Array(new Float32Array(vector).buffer).toBase64();
const inBase64: Host = () =>
  Response.json({
    object: 'list',
    model: 'm',
    data: VECTORS.map((vector, index) => ({ object: 'embedding', index, embedding: base64(vector) })).reverse(),
    usage: { prompt_tokens: 5, total_tokens: 5 },
  });
const inNumbers: Host = () =>
  Response.json({
    model: 'm',
    object: 'list',
    usage: { total_tokens: 5 },
    data: VECTORS.map((embedding, index) => ({ object: 'embedding', index, embedding })),
  });

const texts: EmbeddingInput[] = [
  { kind: 'text', text: 'a cat' },
  { kind: 'text', text: 'https://is.a.text.example.com/x.png' },
];
const asSent = texts.map((input) => ('text' in input ? input.text : ''));
/** What is between the quotes of JSON strings. */
const largeTexts: EmbeddingInput[] = ['\\u00e9 \\"cat\\"\\n', 'été 😀'].map((json) => ({
  kind: 'text',
  json: new TextEncoder().encode(json),
}));
const picture: EmbeddingInput = { kind: 'image', bytes: PNG, mediaType: 'image/png' };

interface Case {
  readonly name: string;
  readonly target: EmbeddingTarget;
  readonly url: string;
  readonly host: Host;
  readonly tokens: number;
  readonly body: object;
}

const CASES: readonly Case[] = [
  {
    name: 'an OpenAI-compatible host',
    target: openai.embedding(openaiHost, 'm', 3),
    url: 'https://llm.example.com/v1/embeddings',
    host: inBase64,
    tokens: 5,
    body: {
      model: 'm',
      input: asSent,
      encoding_format: 'base64',
      dimensions: 3,
    },
  },
  {
    name: 'Infinity',
    target: infinity.clip(clipEndpoint, 'm'),
    url: 'https://clip.example.com/embeddings',
    host: inBase64,
    tokens: 5,
    body: { model: 'm', modality: 'text', encoding_format: 'base64' },
  },
  {
    name: 'the origin',
    target: infinity.clip(origin, 'tiny-clip'),
    url: `${ORIGIN}/embeddings`,
    host: inBase64,
    tokens: 5,
    body: { model: 'tiny-clip', modality: 'text' },
  },
  {
    name: 'Jina',
    target: jina.clip('jina-clip-v2'),
    url: 'https://api.jina.ai/v1/embeddings',
    host: inNumbers,
    tokens: 5,
    body: {
      model: 'jina-clip-v2',
      normalized: true,
      embedding_type: 'float',
      input: [{ text: 'a cat' }, { text: 'https://is.a.text.example.com/x.png' }],
    },
  },
  {
    name: 'hf-inference',
    target: huggingface.embedding('hf-inference', 'org/model'),
    url: `${ROUTER}/hf-inference/models/org/model/pipeline/feature-extraction`,
    host: () => Response.json(VECTORS),
    tokens: 0,
    body: { inputs: asSent },
  },
  {
    name: 'scaleway',
    target: huggingface.embedding('scaleway', 'org-model'),
    url: `${ROUTER}/scaleway/v1/embeddings`,
    host: inNumbers,
    tokens: 0,
    body: { model: 'org-model', input: asSent },
  },
];

describe.each(CASES)('vectors from $name', ({ name, target, url, host, tokens, body }) => {
  it('are returned one per input, in order, with the number of tokens', async () => {
    const { requests } = serve({ [url]: host });
    const { vectors, promptTokens } = await target.embed(texts, callFor('embedding', settings));
    expect(vectors.map((vector) => Array.from(vector))).toEqual(VECTORS);
    expect(promptTokens).toBe(tokens);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.method).toBe('POST');
    expect(await requests[0]?.json()).toMatchObject(body);
  });

  it('are those of large texts, too, which are sent as they came', async () => {
    const { requests } = serve({ [url]: host });
    const { vectors } = await target.embed(largeTexts, callFor('embedding', settings));
    expect(vectors).toHaveLength(2);
    const sent = JSON.stringify(await requests[0]?.json());
    expect(sent).toContain(JSON.stringify('é "cat"\n'));
    expect(sent).toContain('été 😀');
  });

  it.each([
    [
      'too few',
      () =>
        name === 'hf-inference' ? Response.json([[1, 0]]) : Response.json({ data: [{ index: 0, embedding: [1, 0] }] }),
    ],
    ['another shape', () => Response.json({ vectors: [] })],
    ['text', () => new Response('hello')],
    [
      'words instead of numbers',
      () =>
        Response.json(
          name === 'hf-inference' ? [['a'], ['b']] : { data: [{ embedding: ['a'] }, { embedding: ['b'] }] },
        ),
    ],
  ])('are invalid if the host answers with %s', async (_, bad) => {
    serve({ [url]: bad });
    await expect(target.embed(texts, callFor('embedding', settings))).rejects.toMatchObject({
      code: 'upstream_invalid_answer',
    });
  });

  it('are requested with the host’s credential', async () => {
    const { requests } = serve({ [url]: host });
    await target.embed(texts, callFor('embedding', settings));
    const token = { Infinity: 'clip-token', Jina: 'jina_x', 'hf-inference': 'hf_x', scaleway: 'hf_x' }[name];
    expect(requests[0]?.headers.get('authorization')).toBe(token === undefined ? null : `Bearer ${token}`);
  });
});

it('hf-inference gets at most 32 texts in a request, as Text Embeddings Inference allows', () => {
  expect(huggingface.embedding('hf-inference', 'm').batch.text).toBeLessThanOrEqual(32);
});

describe('pictures', () => {
  it('are sent to Infinity as data URLs, without texts', async () => {
    const { requests } = serve({
      'https://clip.example.com/embeddings': () => Response.json({ data: [{ index: 0, embedding: [1, 0] }] }),
    });
    await infinity.clip(clipEndpoint, 'm').embed([picture], callFor('embedding', settings));
    expect(await requests[0]?.json()).toMatchObject({
      modality: 'image',
      input: [`data:image/png;base64,${PNG.toBase64()}`],
    });
  });

  it('are sent to Jina together with texts', async () => {
    const { requests } = serve({ 'https://api.jina.ai/v1/embeddings': inNumbers });
    await jina.clip('jina-clip-v2').embed([{ kind: 'text', text: 'a cat' }, picture], callFor('embedding', settings));
    expect(await requests[0]?.json()).toMatchObject({ input: [{ text: 'a cat' }, { image: PNG.toBase64() }] });
  });

  it('are rejected by targets that only embed text', async () => {
    serve({});
    for (const target of [openai.embedding(openaiHost, 'm'), huggingface.embedding('hf-inference', 'm')]) {
      await expect(target.embed([picture], callFor('embedding', settings))).rejects.toMatchObject({
        code: 'unsupported_parameter',
      });
    }
  });
});

describe.each(['hf-inference', 'scaleway', 'together', 'deepinfra'] as const)('text by %s', (provider) => {
  it('is sent as @huggingface/inference sends it', async () => {
    const { requests } = serve({ [ROUTER]: provider === 'hf-inference' ? () => Response.json(VECTORS) : inNumbers });
    await huggingface.embedding(provider, 'org/model').embed(texts, callFor('embedding', settings));
    vi.restoreAllMocks();
    let theirs: Request | undefined;
    const capture = async (input: RequestInfo | URL, init?: RequestInit) => {
      if (String(input).startsWith('https://huggingface.co/api/models/')) {
        return Response.json({
          inferenceProviderMapping: [{ provider, providerId: 'org/model', status: 'live', task: 'feature-extraction' }],
        });
      }
      theirs = new Request(String(input), init);
      throw new Error('captured');
    };
    const asking = new InferenceClient('hf_x').featureExtraction(
      {
        provider,
        model: `org/embedder-${provider}`,
        inputs: asSent,
      },
      { fetch: capture as typeof fetch, retry_on_error: false },
    );
    await expect(asking).rejects.toThrow();
    expect(requests[0]?.url).toBe(theirs?.url);
    expect(await requests[0]?.json()).toEqual(await theirs?.json());
  });
});
