import type { HttpRequest } from '../client.ts';
import type { Gateway } from '../gateways.ts';
import { chat, once, repeated, user } from '../requests.ts';
import type { Workload } from './workload.ts';

const SENTENCE = 'Explain in plain words how a gateway at the edge can answer faster than the model behind it. ';
const MESSAGES = [{ role: 'system', content: 'You are a helpful assistant.' }, user(SENTENCE.repeat(8))];

export const withCache = ({ headers, ...rest }: HttpRequest): HttpRequest => ({
  ...rest,
  headers: { ...headers, 'x-cedalion-cache': '3600' },
});

const common = { gateways: ['bare', 'cedalion', 'portkey-cache'], tables: ['growth'], atLeastBytes: 1000 } as const;

/** Answers from memory, and answers that are stored. The bare Worker asks the host for each. */
export const cached: readonly Workload[] = [
  {
    ...common,
    name: 'cache_hit',
    title: 'Chat, 1 KB, from the cache in memory',
    request: (gateway) => withCache(chat(gateway, 'whole', MESSAGES)),
  },
  {
    ...common,
    name: 'cache_hit_stream_200',
    title: 'Chat, stream of 200 events, from the cache in memory',
    request: (gateway) => withCache(chat(gateway, 'events-200-0', MESSAGES, { stream: true })),
    endsWith: 'data: [DONE]\n\n',
  },
  {
    ...common,
    name: 'cache_api_hit',
    title: 'Chat, 1 KB, from the Cache API',
    // 16 MiB of memory hold about 7,000 such answers.
    distinct: 9_000,
    request: (gateway, n) => withCache(chat(gateway, 'whole', [...MESSAGES, user(`Again ${n}.`)])),
  },
  {
    ...common,
    name: 'cache_api_hit_stream_200',
    title: 'Chat, stream of 200 events, from the Cache API',
    distinct: 600,
    request: (gateway, n) =>
      withCache(chat(gateway, 'events-200-0', [...MESSAGES, user(`Again ${n}.`)], { stream: true })),
    endsWith: 'data: [DONE]\n\n',
  },
  {
    ...common,
    name: 'cache_stored',
    title: 'Chat, 1 KB, a new request whose answer is stored',
    request: (gateway, n) => withCache(chat(gateway, 'whole', [...MESSAGES, user(`Number ${n}.`)])),
  },
  {
    ...common,
    name: 'cache_stored_1m',
    title: 'Chat, 1 MB of text, a new request whose answer is stored',
    requests: 40,
    request: (gateway, n) => {
      const { body, ...rest } = long(gateway);
      return withCache({ ...rest, body: `${(body as string).slice(0, -1)},"user":"${n}"}` });
    },
  },
];

const long = once((gateway: Gateway) => chat(gateway, 'whole', [user(repeated(SENTENCE, 1e6))]));
