import type { Gateway } from '../gateways.ts';
import { chat, post, user } from '../requests.ts';
import type { Workload } from './workload.ts';

const MESSAGES = [user('Explain in plain words how a gateway at the edge can answer faster than the model behind it.')];

/** What makes a request one of Anthropic's. */
const AS_MESSAGE = { max_tokens: 1000 };

/** The same answers as chats, responses and messages: a bare pass-through only has chats. */
export const responses: readonly Workload[] = [
  { ...workload('message_json', 'whole', AS_MESSAGE), title: 'Message, complete answer' },
  {
    ...workload('message_200', 'events-200-0', { ...AS_MESSAGE, stream: true }),
    title: 'Message, stream of 200 events at once',
  },
  {
    ...workload('message_200_4ms', 'events-200-4', { ...AS_MESSAGE, stream: true }),
    title: 'Message, stream of 200 events, 4 ms apart',
  },
  { ...workload('response_json', 'whole', {}), title: 'Response, complete answer' },
  { ...workload('response_200', 'events-200-0', { stream: true }), title: 'Response, stream of 200 events at once' },
  {
    ...workload('response_200_4ms', 'events-200-4', { stream: true }),
    title: 'Response, stream of 200 events, 4 ms apart',
  },
];

function workload(name: string, model: string, more: object) {
  return {
    name,
    gateways: ['bare', 'cedalion'],
    tables: ['growth'],
    request: (gateway: Gateway) =>
      gateway.kind === 'bare'
        ? chat(gateway, model, MESSAGES, more)
        : post(gateway, ...surfaceRequest(gateway.modelPrefix + model, more)),
    atLeastBytes: 1000,
  } satisfies Partial<Workload>;
}

function surfaceRequest(model: string, more: object): [path: string, body: object] {
  return 'max_tokens' in more
    ? ['/v1/messages', { model, messages: MESSAGES, ...more }]
    : ['/v1/responses', { model, input: MESSAGES, ...more }];
}
