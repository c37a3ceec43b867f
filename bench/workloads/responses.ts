import type { Gateway } from '../gateways.ts';
import { chat, post, user } from '../requests.ts';
import type { Workload } from './workload.ts';

const MESSAGES = [user('Explain in plain words how a gateway at the edge can answer faster than the model behind it.')];

/** The same answers as chats and as responses: a bare pass-through only has chats. */
export const responses: readonly Workload[] = [
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
        : post(gateway, '/v1/responses', { model: gateway.modelPrefix + model, input: MESSAGES, ...more }),
    atLeastBytes: 1000,
  } satisfies Partial<Workload>;
}
