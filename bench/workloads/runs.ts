import type { HttpRequest } from '../client.ts';
import type { Gateway } from '../gateways.ts';
import { chat, user } from '../requests.ts';
import type { Workload } from './workload.ts';

/** What recording costs: each is to be compared with the same request without a run, in chat.ts. */

const MESSAGES = [user('Explain in plain words how a gateway at the edge can answer faster than the model behind it.')];

const growth = { gateways: ['bare', 'cedalion'], tables: ['growth'] } as const;

export const recorded: readonly Workload[] = [
  {
    ...growth,
    name: 'run_key_new',
    title: 'Chat, 1 KB, with a new idempotency key',
    request: (gateway, n) => withHeader(chat(gateway, 'whole', MESSAGES), 'idempotency-key', `new-${n}`),
    atLeastBytes: 1000,
  },
  {
    ...growth,
    name: 'run_key_replay',
    title: 'Chat, 1 KB, replayed by its idempotency key',
    request: (gateway) => withHeader(chat(gateway, 'whole', MESSAGES), 'idempotency-key', 'replayed'),
    atLeastBytes: 1000,
  },
  { ...stream(0), name: 'run_stream_200', title: 'Chat, recorded stream of 200 events at once' },
  { ...stream(4), name: 'run_stream_200_4ms', title: 'Chat, recorded stream of 200 events, 4 ms apart' },
  {
    ...growth,
    name: 'run_background',
    title: 'Chat, 1 KB, in the background, until 202',
    request: (gateway) => withHeader(chat(gateway, 'whole', MESSAGES), 'prefer', 'respond-async'),
    atLeastBytes: 300,
  },
];

function stream(milliseconds: number) {
  return {
    ...growth,
    request: (gateway: Gateway) => {
      const request = chat(gateway, `events-200-${milliseconds}`, MESSAGES, { stream: true });
      return withHeader(request, 'x-cedalion-resume', 'true');
    },
    endsWith: 'data: [DONE]\n\n',
    atLeastBytes: 20_000,
  };
}

function withHeader({ headers, ...rest }: HttpRequest, name: string, value: string): HttpRequest {
  return { ...rest, headers: { ...headers, [name]: value } };
}
