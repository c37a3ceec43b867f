import type { Case } from '../case.ts';

/** Requests to llama-server with an encoder: for embeddings, and as a reranker. */

const long = 'a '.repeat(600);

export const vectorCases: readonly Case[] = [
  { name: 'embeddings: one text', body: { input: 'hello world' } },
  { name: 'embeddings: several texts', body: { input: ['hello', 'a cat', 'and more.'] } },
  { name: 'embeddings: the same text twice', body: { input: ['twice', 'twice'] } },
  { name: 'embeddings: base64', body: { input: 'in base64', encoding_format: 'base64' } },
  { name: 'embeddings: float', body: { input: 'as numbers', encoding_format: 'float' } },
  { name: 'embeddings: dimensions', body: { input: 'shorter', dimensions: 8 } },
  { name: 'embeddings: an empty text', body: { input: '' } },
  { name: 'embeddings: no texts', body: { input: [] } },
  { name: 'embeddings: tokens', body: { input: [7, 8, 9] } },
  { name: 'embeddings: a text that is too long', body: { input: long } },
  { name: 'embeddings: one text of several that is too long', body: { input: ['hello', long] } },
].map((one): Case => ({ host: 'embeddings', path: '/embeddings', as: 'vectors', ...one }));

export const rankingCases: readonly Case[] = [
  { name: 'rerank: three texts', body: { query: 'hi', documents: ['a', 'bc d', 'hi'] } },
  { name: 'rerank: the first two', body: { query: 'hi', documents: ['a', 'bc d', 'hi'], top_n: 2 } },
  { name: 'rerank: no documents', body: { query: 'hi', documents: [] } },
  { name: 'rerank: no query', body: { documents: ['a'] } },
  { name: 'rerank: a document that is too long', body: { query: 'hi', documents: ['a', long] } },
].map((one): Case => ({ host: 'reranker', path: '/rerank', as: 'ranking', ...one }));

export const wrongKinds: readonly Case[] = [
  {
    name: 'a chat with an encoder',
    host: 'embeddings',
    path: '/chat/completions',
    body: { messages: [{ role: 'user', content: 'hi' }], max_tokens: 4 },
  },
  {
    name: 'a completion with a reranker',
    host: 'reranker',
    path: '/completions',
    body: { prompt: 'hi', max_tokens: 4 },
  },
  { name: 'embeddings of a reranker', host: 'reranker', path: '/embeddings', body: { input: 'hi' }, as: 'vectors' },
];
