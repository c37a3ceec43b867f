import type { Gateway } from '../gateways.ts';
import { embeddings, notStored, once, similarity, texts } from '../requests.ts';
import { LARGE, type Workload } from './workload.ts';

export const embeddingWorkloads: readonly Workload[] = [1, 100, 2048].flatMap((count): Workload[] => {
  const rest = {
    gateways: ['bare', 'cedalion'],
    tables: count === 1 ? ['main', 'growth'] : ['growth'],
    atLeastBytes: count * 8000,
    ...(count === 100 && { requests: 40 }),
    ...(count === 2048 && LARGE),
  } satisfies Partial<Workload>;
  const prefix = count === 1 ? 'embeddings' : `embeddings_${count}`;
  const what = count === 1 ? 'Embedding of one text' : `Embeddings of ${count.toLocaleString('en-US')} texts`;
  const title = `${what}, 1,536 dimensions`;
  return [
    {
      ...rest,
      name: `${prefix}_through`,
      title: `${title}, not stored`,
      quick: count === 1,
      request: once((gateway) => notStored(embeddings(gateway, 1536, texts(count, 'that must not be kept')))),
    },
    {
      ...rest,
      name: `${prefix}_cold`,
      title: `${title}, new`,
      quick: count === 100,
      request: (gateway, n) => embeddings(gateway, 1536, texts(count, n)),
    },
    {
      ...rest,
      name: `${prefix}_warm`,
      title: `${title}, ${count === 2048 ? 'sent before' : 'cached'}`,
      request: once((gateway) => embeddings(gateway, 1536, texts(count, 'that is sent again'))),
    },
  ];
});

export const similarityWorkloads: readonly Workload[] = [
  cached(1, 'similarity_1', false),
  cached(100, 'similarity_warm', true),
  cached(1000, 'similarity_1000', true),
  {
    name: 'similarity_cold',
    title: 'Similarity 1 x 100, none cached, 512 dimensions (bare: embeddings of the 101 texts)',
    gateways: ['bare', 'cedalion'],
    tables: ['main'],
    request: (gateway, n) =>
      gateway.kind === 'bare'
        ? embeddings(gateway, 512, ['a photo', ...texts(100, n)])
        : similarity(gateway, 'a photo', texts(100, n)),
    atLeastBytes: 5000,
  },
];

function cached(documents: number, name: string, quick: boolean): Workload {
  return {
    name,
    title: `Similarity 1 x ${documents.toLocaleString('en-US')}, all cached, 512 dimensions`,
    gateways: ['static', 'cedalion'],
    tables: documents === 100 ? ['main', 'growth'] : ['growth'],
    quick,
    request: once((gateway: Gateway) => similarity(gateway, 'a photo', texts(documents))),
    atLeastBytes: 50 * documents,
  };
}
