import { rerankRequest } from '../../routes/rerank.ts';
import { type Operation, PICTURED, RUNS } from '../operation.ts';
import { RerankError, RerankList } from './vectors-answers.ts';

export const rerank: readonly Operation[] = [
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
    answer: { name: 'RerankList', schema: RerankList },
    failure: { name: 'RerankError', schema: RerankError },
    takesPictures: true,
    records: true,
    errors: [...PICTURED, ...RUNS],
    example: {
      body: { model: 'embed', query: 'a photo of a cat', documents: ['a boat', 'a cat', 'a house'], top_n: 2 },
    },
  },
];
