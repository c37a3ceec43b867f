import { countRequest, messagesRequest } from '../../routes/messages.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { COUNTED, type Operation } from '../operation.ts';
import * as answers from './messages-answers.ts';

const messages = [{ role: 'user', content: 'Translate to French: house' }];
const failure = { name: 'MessageError', schema: answers.MessageError };

/** Anthropic's Messages API. @param errors of a chat, and of runs */
export const messageOperations = (errors: readonly ErrorCode[]): readonly Operation[] => [
  {
    id: 'createMessage',
    method: 'post',
    path: '/v1/messages',
    tag: 'Messages',
    summary: 'Create a message',
    description:
      "Anthropic's messages, by the chat of any host: text, pictures, PDF, tools, thinking and structured output. Fields that are not listed here are forwarded to the host unchanged. The key may also be in `x-api-key`. Tools that Anthropic runs or defines itself are rejected. The body has at most 14 MiB, and 5 MiB besides pictures.",
    request: { name: 'MessageRequest', schema: messagesRequest() },
    answer: { name: 'Message', schema: answers.Message },
    event: { name: 'MessageEvent', schema: answers.MessageEvent },
    hasNamedEvents: true,
    failure,
    records: true,
    errors,
    example: { body: { model: 'text', max_tokens: 64, temperature: 0, messages } },
  },
  {
    id: 'countMessageTokens',
    method: 'post',
    path: '/v1/messages/count_tokens',
    tag: 'Messages',
    summary: 'Count the tokens of a message',
    description:
      'As the host of the model counts them, if it does. Otherwise an estimate: one token for four bytes of the body, and 1,000 for a picture. The header `x-cedalion-tokens` is `counted` or `estimated`.',
    request: { name: 'MessageTokensRequest', schema: countRequest() },
    answer: { name: 'MessageTokens', schema: answers.MessageTokens },
    failure,
    counts: true,
    errors: COUNTED,
    example: { body: { model: 'text', messages } },
  },
];
