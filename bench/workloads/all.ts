import { post } from '../requests.ts';
import { cached } from './cached.ts';
import { chats, streams } from './chat.ts';
import { responses } from './responses.ts';
import { recorded } from './runs.ts';

import { embeddingWorkloads, similarityWorkloads } from './vectors.ts';
import type { Workload } from './workload.ts';

const image: Workload = {
  name: 'image',
  title: 'Picture of 1 MB',
  gateways: ['bare', 'cedalion'],
  tables: ['main'],
  request: (gateway) => ({
    ...post(gateway, '/v1/images/generations', { model: 'tiny-image', prompt: 'a red house', size: '64x64' }),
    headers: { ...gateway.headers, accept: 'image/*' },
  }),
  atLeastBytes: 1_000_000,
};

export const workloads: readonly Workload[] = [
  ...chats,
  ...streams,
  ...cached,
  ...responses,
  ...recorded,
  ...embeddingWorkloads,
  ...similarityWorkloads,
  image,
];
