import { authorizationOf, type CallerName } from '../callers.ts';
import type { Gateway } from '../gateways.ts';
import { png } from '../picture.ts';
import { chat, conversation, once, repeated, user } from '../requests.ts';
import { LARGE, type Workload } from './workload.ts';

const SENTENCE = 'Explain in plain words how a gateway at the edge can answer faster than the model behind it. ';
const JAPANESE = 'モデルの前にあるゲートウェイは、なぜモデルよりも速く答えられるのですか。';

const MESSAGES = [{ role: 'system', content: 'You are a helpful assistant.' }, user(SENTENCE.repeat(8))];

const CALLERS: readonly (readonly [CallerName, string])[] = [
  ['key', 'with a stored key'],
  ['token', 'with a client token'],
  ['leased', 'with a key of wide limits: leased'],
  ['exact', 'with a key of a narrow limit: exact'],
];

const complete = {
  gateways: ['bare', 'cedalion'],
  tables: ['growth'],
  atLeastBytes: 1000,
} as const;

export const chats: readonly Workload[] = [
  {
    ...complete,
    name: 'chat_json',
    title: 'Chat, complete answer, 1 KB',
    gateways: ['bare', 'cedalion', 'bare-node', 'portkey', 'portkey-workerd'],
    quick: true,
    tables: ['main', 'growth'],
    request: (gateway) => chat(gateway, 'whole', MESSAGES),
  },
  {
    ...complete,
    name: 'chat_30k',
    title: 'Chat, 30 KB of text',
    request: once((gateway) => chat(gateway, 'whole', [user(repeated(SENTENCE, 30_000))])),
  },
  {
    ...complete,
    name: 'chat_1m',
    title: 'Chat, 1 MB of text in one message',
    requests: 40,
    request: once((gateway) => chat(gateway, 'whole', [user(repeated(SENTENCE, 1e6))])),
  },
  {
    ...complete,
    name: 'chat_1m_messages',
    title: 'Chat, 1 MB in 8,500 messages',
    requests: 40,
    request: once((gateway) => chat(gateway, 'whole', conversation(1e6))),
  },
  {
    ...complete,
    name: 'chat_1m_japanese',
    title: 'Chat, 1 MB of Japanese text in one message',
    requests: 40,
    request: once((gateway) => chat(gateway, 'whole', [user(repeated(JAPANESE, 1e6))])),
  },
  {
    ...complete,
    ...LARGE,
    name: 'chat_picture',
    title: 'Chat, a picture of 10 MB as a data URL',
    request: once((gateway) => chat(gateway, 'whole', [user([dataUrl(png(10e6))])])),
  },
  ...CALLERS.map(([caller, title]) => ({
    ...complete,
    name: `chat_${caller}`,
    // An isolate reports what it used every two seconds: its reports would fall between shorter blocks, and
    // not be counted.
    ...((caller === 'key' || caller === 'leased') && { blockMs: 4_000 }),
    title: `Chat, 1 KB, ${title}`,
    request: (gateway: Gateway) => {
      const { headers, ...rest } = chat(gateway, 'whole', MESSAGES);
      return { ...rest, headers: { ...headers, authorization: authorizationOf(caller) } };
    },
  })),
  ...[1, 32, 256].map((connections) => ({
    ...complete,
    name: `chat_connections_${connections}`,
    title: `Chat, 1 KB, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    connections,
    request: (gateway: Gateway) => chat(gateway, 'whole', MESSAGES),
  })),
];

export const streams: readonly Workload[] = [
  { ...stream('stream_10', 10), title: 'Chat, stream of 10 events at once', quick: true, tables: ['growth'] },
  {
    ...stream('stream_200', 200),
    title: 'Chat, stream of 200 events at once',
    gateways: ['bare', 'cedalion', 'bare-node', 'portkey', 'portkey-workerd'],
    quick: true,
    tables: ['main', 'growth'],
  },
  {
    ...stream('stream_2000', 2000),
    title: 'Chat, stream of 2,000 events at once',
    tables: ['growth'],
    connections: 4,
    requests: 16,
  },
  {
    ...stream('stream_200_4ms', 200, 4),
    title: 'Chat, stream of 200 events, 4 ms apart',
    gateways: ['bare', 'cedalion', 'bare-node', 'portkey', 'portkey-workerd'],
    tables: ['main'],
  },
];

function stream(name: string, events: number, milliseconds = 0) {
  return {
    name,
    gateways: ['bare', 'cedalion'],
    request: (gateway: Gateway) => chat(gateway, `events-${events}-${milliseconds}`, MESSAGES, { stream: true }),
    endsWith: 'data: [DONE]\n\n',
    atLeastBytes: events * 100,
  } satisfies Partial<Workload>;
}

function dataUrl(picture: Buffer) {
  return { type: 'image_url', image_url: { url: `data:image/png;base64,${picture.toString('base64')}` } };
}
