import { classifyRequest } from '../../routes/classify.ts';
import { embeddingsRequest } from '../../routes/embeddings.ts';
import { similarityRequest } from '../../routes/similarity.ts';
import { type Operation, PICTURED, RUNS } from '../operation.ts';
import { SQUARE } from './example-picture.ts';
import { ClassificationList, EmbeddingList, EmbeddingsError, SimilarityList } from './vectors-answers.ts';

export const vectors: readonly Operation[] = [
  {
    id: 'createEmbeddings',
    method: 'post',
    path: '/v1/embeddings',
    tag: 'Vectors',
    summary: 'Embed texts and pictures',
    description:
      "OpenAI's embeddings, for texts and pictures. Vectors have unit length, so their dot product is the cosine. Errors have `detail` beside `error`. The body has at most 14 MiB.",
    request: { name: 'EmbeddingsRequest', schema: embeddingsRequest() },
    answer: { name: 'EmbeddingList', schema: EmbeddingList },
    failure: { name: 'EmbeddingsError', schema: EmbeddingsError },
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
    answer: { name: 'SimilarityList', schema: SimilarityList },
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
    answer: { name: 'ClassificationList', schema: ClassificationList },
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
];
