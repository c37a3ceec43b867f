import type { HttpRequest } from './client.ts';
import type { Gateway, GatewayName } from './gateways.ts';

/** One kind of work, and who is compared at it: the first gateway is the one that the others are divided by. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly gateways: readonly [GatewayName, ...GatewayName[]];
  /** Part of `--quick`. */
  readonly quick?: boolean;
  /** @param n a number that no other request has */
  request(gateway: Gateway, n: number): HttpRequest;
  /** What a right answer ends with: a gateway that answers wrongly would be cheap. */
  readonly endsWith?: string;
  readonly atLeastBytes: number;
}

const PROMPT = 'Explain in plain words how a gateway at the edge can answer faster than the model behind it. '.repeat(
  8,
);
const DOCUMENTS = Array.from({ length: 100 }, (_, i) => `a photo of thing number ${i}`);

export const workloads: readonly Workload[] = [
  {
    name: 'chat_json',
    title: 'Chat, whole answer',
    gateways: ['bare', 'cedalion', 'bare-node', 'portkey'],
    quick: true,
    request: (gateway) => chat(gateway, 'whole', false),
    atLeastBytes: 1000,
  },
  {
    name: 'stream_200',
    title: 'Chat, stream of 200 events at once',
    gateways: ['bare', 'cedalion', 'bare-node', 'portkey'],
    quick: true,
    request: (gateway) => chat(gateway, 'events-200-0', true),
    endsWith: 'data: [DONE]\n\n',
    atLeastBytes: 200 * 100,
  },
  {
    name: 'stream_200_4ms',
    title: 'Chat, stream of 200 events, 4 ms apart',
    gateways: ['bare', 'cedalion', 'bare-node', 'portkey'],
    request: (gateway) => chat(gateway, 'events-200-4', true),
    endsWith: 'data: [DONE]\n\n',
    atLeastBytes: 200 * 100,
  },
  {
    name: 'embeddings_through',
    title: 'Embedding of one text, not stored, 1,536 dimensions',
    gateways: ['bare', 'cedalion'],
    quick: true,
    request: (gateway) => {
      const { headers, ...rest } = embeddings(gateway, 1536, 'a text that must not be kept');
      return { ...rest, headers: { ...headers, 'cache-control': 'no-store' } };
    },
    atLeastBytes: 8000,
  },
  {
    name: 'embeddings_cold',
    title: 'Embedding of one text never seen, 1,536 dimensions',
    gateways: ['bare', 'cedalion'],
    request: (gateway, n) => embeddings(gateway, 1536, `a text that nobody has seen before, number ${n}`),
    atLeastBytes: 8000,
  },
  {
    name: 'embeddings_warm',
    title: 'Embedding of one text known before, 1,536 dimensions',
    gateways: ['bare', 'cedalion'],
    request: (gateway) => embeddings(gateway, 1536, 'a text that everybody asks for'),
    atLeastBytes: 8000,
  },
  {
    name: 'similarity_warm',
    title: 'Similarity 1 x 100, all known before, 512 dimensions',
    gateways: ['static', 'cedalion'],
    quick: true,
    request: (gateway) => similarity(gateway, DOCUMENTS),
    atLeastBytes: 5000,
  },
  {
    name: 'similarity_cold',
    title: 'Similarity 1 x 100, none known, 512 dimensions (bare: embeddings of the 101 texts)',
    gateways: ['bare', 'cedalion'],
    request: (gateway, n) => {
      const documents = DOCUMENTS.map((text) => `${text}, ${n}`);
      return gateway.name === 'bare'
        ? embeddings(gateway, 512, ['a photo', ...documents])
        : similarity(gateway, documents);
    },
    atLeastBytes: 5000,
  },
  {
    name: 'image',
    title: 'Picture of 1 MB',
    gateways: ['bare', 'cedalion'],
    request: (gateway) => ({
      ...post(gateway, '/v1/images/generations', { model: 'tiny-image', prompt: 'a red house', size: '64x64' }),
      headers: { ...gateway.headers, accept: 'image/*' },
    }),
    atLeastBytes: 1_000_000,
  },
];

export function chat(gateway: Gateway, model: string, stream: boolean): HttpRequest {
  const messages = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: PROMPT },
  ];
  return post(gateway, '/v1/chat/completions', { model: gateway.modelPrefix + model, messages, stream });
}

function embeddings(gateway: Gateway, dimensions: number, input: string | string[]): HttpRequest {
  return post(gateway, '/v1/embeddings', {
    model: `${gateway.modelPrefix}vectors-${dimensions}`,
    input,
    encoding_format: 'base64',
  });
}

function similarity(gateway: Gateway, documents: readonly string[]): HttpRequest {
  return post(gateway, '/v1/similarity', { model: `${gateway.modelPrefix}vectors-512`, query: 'a photo', documents });
}

function post({ headers }: Gateway, path: string, body: unknown): HttpRequest {
  return { path, headers, body: JSON.stringify(body) };
}
