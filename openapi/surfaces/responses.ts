import { createHash } from 'node:crypto';
import { responseRequest } from '../../routes/responses.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { type Before, COUNTED, KEYED, type Operation } from '../operation.ts';
import * as answers from './responses-answers.ts';

const PATH = '/v1/responses';

/** A response that is kept, and its id: the digest of caller, route and key. */
function kept(key: string): { id: string; before: Before } {
  const digest = createHash('sha256').update(`operator\n${PATH}\n${key}`).digest('base64url');
  const body = { model: 'text', input: 'Translate to French: house', store: true };
  return { id: `resp_k${digest}`, before: { path: PATH, body, headers: { 'idempotency-key': key } } };
}
const { id, before } = kept('example-response');

const READ = [...KEYED, 'scope_missing', 'response_not_found', 'runs_unavailable'] as const;

/** OpenAI's Responses API. @param errors of a chat, and of runs */
export const responseOperations = (errors: readonly ErrorCode[]): readonly Operation[] => [
  {
    id: 'createResponse',
    method: 'post',
    path: PATH,
    tag: 'Responses',
    summary: 'Create a response',
    description:
      "OpenAI's responses, by the chat of the same host: text, pictures, functions and structured output. Fields that are not listed here are forwarded to the host unchanged. Unlike at OpenAI, nothing is kept unless `store` or `background` is true. Tools that OpenAI runs itself are rejected. The body has at most 14 MiB, and 5 MiB besides pictures.",
    request: { name: 'ResponseRequest', schema: responseRequest() },
    answer: { name: 'Response', schema: answers.Response },
    event: { name: 'ResponseEvent', schema: answers.ResponseEvent },
    hasNamedEvents: true,
    records: true,
    errors: [...new Set([...errors, 'response_not_found' as const])],
    example: { body: { model: 'text', input: 'Translate to French: house', temperature: 0 } },
  },
  {
    id: 'countInputTokens',
    method: 'post',
    path: `${PATH}/input_tokens`,
    tag: 'Responses',
    summary: 'Count the input tokens of a response',
    description:
      'As the host of the model counts them, if it does. Otherwise an estimate: one token for four bytes of the body, and 1,000 for a picture. The header `x-cedalion-tokens` is `counted` or `estimated`.',
    request: { name: 'ResponseRequest', schema: responseRequest() },
    answer: { name: 'ResponseInputTokens', schema: answers.ResponseInputTokens },
    counts: true,
    errors: [...COUNTED, 'response_not_found'],
    example: { body: { model: 'text', input: 'Translate to French: house' } },
  },
  {
    id: 'getResponse',
    method: 'get',
    path: `${PATH}/{id}`,
    tag: 'Responses',
    summary: 'Get a response',
    description:
      'A response with `store` or `background`, as it is now. With `stream=true`, the events of one that was created as a stream, also while it goes on.',
    query: {
      stream: '`true` streams the events.',
      starting_after: 'The `sequence_number` of the last event that was received.',
    },
    answer: { name: 'Response', schema: answers.Response },
    errors: [...READ, 'invalid_parameter', 'run_not_a_stream'],
    example: { path: `${PATH}/${id}`, before },
  },
  {
    id: 'cancelResponse',
    method: 'post',
    path: `${PATH}/{id}/cancel`,
    tag: 'Responses',
    summary: 'Cancel a response',
    description: 'Closes the request to the host. A response that has ended stays as it is.',
    answer: { name: 'Response', schema: answers.Response },
    errors: READ,
    example: { path: `${PATH}/${id}/cancel`, before },
  },
  {
    id: 'listInputItems',
    method: 'get',
    path: `${PATH}/{id}/input_items`,
    tag: 'Responses',
    summary: 'List the input of a response',
    description: 'The items that a response answers, those of `previous_response_id` included.',
    query: {
      order: '`desc` for the latest first, which is the default, or `asc`.',
      after: 'The id of the last item of the previous page.',
      limit: 'Items of a page, 1 to 100. The default is 20.',
    },
    answer: { name: 'ResponseItemList', schema: answers.ResponseItemList },
    errors: [...READ, 'invalid_parameter'],
    example: { path: `${PATH}/${id}/input_items`, before },
  },
  {
    id: 'deleteResponse',
    method: 'delete',
    path: `${PATH}/{id}`,
    tag: 'Responses',
    summary: 'Delete a response',
    description: 'Forgets the response and its input. One that goes on is cancelled.',
    answer: { name: 'DeletedResponse', schema: answers.DeletedResponse },
    errors: READ,
    example: { path: `${PATH}/${id}`, before },
  },
];
