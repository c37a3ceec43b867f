import { setTimeout } from 'node:timers/promises';
import { randomFrom } from '../../support/random.ts';
import type { Check, More } from './check.ts';
import { chat, fresh, send } from './client.ts';
import { conversations, FIELDS } from './fields.ts';
import { digestOf, LARGE_CHARACTERS } from './host.ts';

const STREAM = { stream: true, stream_options: { include_usage: true } };

/** An answer of the host may be stored a moment after its last byte. */
const STORED_MS = 150;

export const checks: readonly Check[] = [
  {
    name: 'same-request',
    correct: 'is answered with the same bytes, and the host is asked once',
    async run(gateway, host) {
      const text = fresh();
      const first = await send(gateway, chat(text));
      await setTimeout(STORED_MS);
      const second = await send(gateway, chat(text));
      if (host.asked(text) !== 1) return `the host was asked ${host.asked(text)} times`;
      return second.text === first.text ? undefined : 'the bytes differ';
    },
  },
  {
    name: 'stream',
    correct: 'is replayed with all its events, reasoning, usage and [DONE]',
    async run(gateway, host) {
      const text = fresh();
      const first = await send(gateway, chat(text, STREAM));
      await setTimeout(STORED_MS);
      const second = await send(gateway, chat(text, STREAM));
      if (host.asked(text) !== 1) return `the host was asked ${host.asked(text)} times: streams are not cached`;
      for (const part of ['reasoning_content', '"usage":{"prompt_tokens":5', '[DONE]']) {
        if (!second.text.includes(part)) return `without ${part}`;
      }
      return second.text === first.text ? undefined : 'the events differ';
    },
  },
  {
    name: 'stream-and-whole',
    correct: 'are two answers, each in its own form',
    async run(gateway) {
      const text = fresh();
      await send(gateway, chat(text, STREAM));
      await setTimeout(STORED_MS);
      const whole = await send(gateway, chat(text));
      if (!whole.text.startsWith('{')) return 'a whole answer was asked for, and events came';
      await setTimeout(STORED_MS);
      const stream = await send(gateway, chat(text, STREAM));
      return stream.text.startsWith('data:') ? undefined : 'a stream was asked for, and a whole answer came';
    },
  },
  {
    name: 'two-keys',
    correct: 'get answers of their own',
    run: (gateway) => apart(gateway, [gateway.keys.one, gateway.keys.two]),
  },
  {
    name: 'two-users',
    correct: 'of one key get answers of their own',
    needsMore: true,
    run: (gateway) => apart(gateway, [gateway.keys.one, ...(gateway.more as More).users]),
  },
  {
    name: 'revoked-key',
    correct: 'gets 401, also for what is cached',
    async run(gateway) {
      const text = fresh();
      await send(gateway, chat(text));
      await setTimeout(STORED_MS);
      const { status } = await send(gateway, chat(text), { key: gateway.keys.revoked });
      return status === 401 ? undefined : `status ${status}`;
    },
  },
  {
    name: 'empty-budget',
    correct: 'gets 429, also for what is cached',
    needsMore: true,
    async run(gateway) {
      const key = (gateway.more as More).empty;
      const body = chat(fresh(), { max_tokens: 200 });
      await send(gateway, body, { key });
      if ((await send(gateway, body, { key })).status !== 200) return 'the budget was empty at once';
      for (let i = 0; i < 60; i++) {
        const { status } = await send(gateway, chat(fresh(), { max_tokens: 100 }), { key });
        if (status === 429)
          return (await send(gateway, body, { key })).status === 429 ? undefined : 'a hit for nothing';
      }
      return 'the budget was never used up';
    },
  },
  {
    name: 'changed-fields',
    correct: 'each is another answer: all fields, nested and unknown ones',
    async run(gateway) {
      const text = fresh();
      const base = Object.fromEntries(Object.entries(FIELDS).map(([name, [value]]) => [name, value]));
      const bodies = [chat(text, base)];
      for (const [name, [, other]] of Object.entries(FIELDS)) {
        const { [name]: _, ...without } = base;
        bodies.push(chat(text, { ...base, [name]: other }), chat(text, without));
      }
      return allApart(gateway, bodies, (i) => Object.keys(FIELDS)[Math.floor((i - 1) / 2)] ?? 'base');
    },
  },
  {
    name: 'conversations',
    correct: 'that end with the same message are different ones',
    run: (gateway) =>
      allApart(
        gateway,
        conversations(fresh()).map((messages) => ({ messages, max_tokens: 50 })),
        String,
      ),
  },
  {
    name: 'unicode',
    correct: 'texts that look the same are different ones',
    run: (gateway) => {
      const text = fresh();
      const ways = ['é', 'e\u0301', 'E\u0301', '👩‍👩‍👧', '👩👩👧', 'ﬁ', 'fi', '\u00a0', ' ', '\ud83d\ude00', 'К', 'K'];
      return allApart(
        gateway,
        ways.map((way) => chat(`${way} ${text}`)),
        String,
      );
    },
  },
  {
    name: 'numbers',
    correct: 'that a program reads as the same are different ones',
    async run(gateway) {
      const text = fresh();
      const body = (n: string) =>
        `{"model":"${gateway.modelPrefix}m","messages":[{"role":"user","content":"${text}"}],"unknown_number":${n}}`;
      const contents = new Set<string>();
      const numbers = ['9007199254740992', '9007199254740993', '1e400', '1e401'];
      for (const n of numbers) contents.add((await send(gateway, body(n))).content);
      return contents.size === numbers.length ? undefined : `${contents.size} answers to ${numbers.length} numbers`;
    },
  },
  {
    name: 'member-order',
    correct: 'does not matter',
    async run(gateway, host) {
      const text = fresh();
      await send(gateway, { a: 1, b: { c: 1, d: 2 }, ...chat(text) });
      await setTimeout(STORED_MS);
      await send(gateway, { ...chat(text), b: { d: 2, c: 1 }, a: 1 });
      return host.asked(text) === 1 ? undefined : 'the host was asked again';
    },
  },
  ...(['429', '500', 'html', 'cut-whole'] as const).map((does) => failure(does, {})),
  ...(['cut', 'error-event', '429'] as const).map((does) => failure(does, STREAM)),
  ...(['tools', 'length', 'content_filter'] as const).flatMap((does) => [asked(does, {}), asked(does, STREAM)]),
  {
    name: 'store',
    correct: 'requests with `store` ask the host each time',
    run: (gateway, host) => askedAgain(gateway, host.asked, fresh(), { store: true }),
  },
  leaves('leaves-stream', STREAM),
  leaves('leaves-whole', {}),
  {
    name: '100-at-once',
    correct: 'the same request is sent to the host once',
    async run(gateway, host) {
      const text = fresh('slow');
      const answers = await Promise.all(Array.from({ length: 100 }, () => send(gateway, chat(text))));
      const wrong = answers.filter(({ status }) => status !== 200).length;
      if (wrong > 0) return `${wrong} of 100 failed`;
      return host.asked(text) === 1 ? undefined : `the host was asked ${host.asked(text)} times`;
    },
  },
  {
    name: '100-streams-at-once',
    correct: 'the same request is sent to the host once, and each gets all of it',
    async run(gateway, host) {
      const text = fresh('slow');
      const answers = await Promise.all(Array.from({ length: 100 }, () => send(gateway, chat(text, STREAM))));
      const wrong = answers.filter(({ text: events }) => !events.includes('[DONE]')).length;
      if (wrong > 0) return `${wrong} of 100 are not complete`;
      return host.asked(text) === 1 ? undefined : `the host was asked ${host.asked(text)} times`;
    },
  },
  {
    name: '100-and-first-fails',
    correct: 'its failure is not that of the others',
    async run(gateway) {
      const text = fresh('fail-first');
      const answers = await Promise.all(Array.from({ length: 100 }, () => send(gateway, chat(text))));
      const wrong = answers.filter(({ status }) => status !== 200).length;
      return wrong <= 1 ? undefined : `${wrong} of 100 failed`;
    },
  },
  {
    name: 'large',
    correct: 'an answer of megabytes comes whole',
    async run(gateway) {
      const text = fresh('large');
      for (const _ of [1, 2]) {
        const { content, whole } = await send(gateway, chat(text));
        if (!whole || !content.endsWith('ö'.repeat(LARGE_CHARACTERS / 2))) return 'the text is not whole';
        await setTimeout(STORED_MS);
      }
      return undefined;
    },
  },
  {
    name: 'expiry',
    correct: 'an answer that is too old is not used',
    async run(gateway, host) {
      const text = fresh();
      await send(gateway, chat(text), { seconds: 1 });
      await setTimeout(2_100);
      await send(gateway, chat(text), { seconds: 1 });
      return host.asked(text) === 2 ? undefined : 'the host was not asked again';
    },
  },
  {
    name: 'no-cache',
    correct: 'asks the host, and stores its answer',
    async run(gateway, host) {
      const text = fresh();
      await send(gateway, chat(text));
      await setTimeout(STORED_MS);
      const refreshed = await send(gateway, chat(text), { headers: gateway.refresh });
      if (host.asked(text) !== 2) return 'the host was not asked';
      await setTimeout(STORED_MS);
      return (await send(gateway, chat(text))).content === refreshed.content ? undefined : 'the old answer came back';
    },
  },
  {
    name: 'deletion',
    correct: 'finds nothing of the caller any more, and all of others',
    needsMore: true,
    async run(gateway) {
      const text = fresh();
      const { two } = gateway.keys;
      const { deleting, deletes } = gateway.more as More;
      const [before, other] = [
        await send(gateway, chat(text), { key: deleting }),
        await send(gateway, chat(text), { key: two }),
      ];
      await deletes(deleting);
      const after = await send(gateway, chat(text), { key: deleting });
      if (after.content === before.content) return 'it was still there';
      return (await send(gateway, chat(text), { key: two })).content === other.content
        ? undefined
        : 'another lost its own';
    },
  },
  {
    name: 'random-requests',
    correct: 'no answer of another request, of two keys and 200 requests',
    async run(gateway) {
      const random = randomFrom(24);
      const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
      const text = fresh();
      const known = new Map<string, string>();
      for (let i = 0; i < 200; i++) {
        const key = pick([gateway.keys.one, gateway.keys.two]);
        const body = {
          ...chat(`${text} ${pick(['a', 'b'])}`, pick([{}, STREAM])),
          ...pick([{}, { seed: 1 }, { seed: 2 }]),
        };
        const { content } = await send(gateway, body, { key });
        const digest = digestOf(body);
        if (!content.endsWith(digest)) return `request ${i} got the answer of another one`;
        const owner = known.get(content) ?? key;
        if (owner !== key) return `request ${i} got the answer of another key`;
        known.set(content, owner);
      }
      return undefined;
    },
  },
];

type Gateway = Parameters<Check['run']>[0];

async function apart(gateway: Gateway, keys: readonly string[]): Promise<string | undefined> {
  const text = fresh();
  const contents = new Set<string>();
  for (const key of keys) {
    contents.add((await send(gateway, chat(text), { key })).content);
    await setTimeout(STORED_MS);
  }
  return contents.size === keys.length ? undefined : `${keys.length} callers got ${contents.size} answers`;
}

async function allApart(
  gateway: Gateway,
  bodies: readonly object[],
  nameOf: (i: number) => string,
): Promise<string | undefined> {
  const seen = new Map<string, number>();
  const wrong: string[] = [];
  for (const [i, body] of bodies.entries()) {
    const { content, status } = await send(gateway, body);
    if (status !== 200) return `${nameOf(i)}: status ${status}`;
    if (seen.has(content)) wrong.push(nameOf(i));
    seen.set(content, i);
    if (i === 0) await setTimeout(STORED_MS);
  }
  return wrong.length === 0 ? undefined : `the answer of another request: ${wrong.join(', ')}`;
}

async function askedAgain(
  gateway: Gateway,
  askedFor: (text: string) => number,
  text: string,
  more: object,
): Promise<string | undefined> {
  await send(gateway, chat(text, more));
  const before = askedFor(text);
  await setTimeout(STORED_MS);
  await send(gateway, chat(text, more));
  return askedFor(text) > before ? undefined : 'it was replayed';
}

/** A failure is not replayed, and no success. */
function failure(does: string, more: object): Check {
  const isStream = 'stream' in more;
  return {
    name: `fails-${does}${isStream ? '-stream' : ''}`,
    correct: 'is not replayed',
    run: (gateway, host) => askedAgain(gateway, host.asked, fresh(does), more),
  };
}

/** A complete answer that another request for the same should not get. */
function asked(does: string, more: object): Check {
  return {
    name: `ends-${does}${'stream' in more ? '-stream' : ''}`,
    correct: 'is not stored unless the request says so',
    run: (gateway, host) => askedAgain(gateway, host.asked, fresh(does), more),
  };
}

function leaves(name: string, more: object): Check {
  return {
    name,
    correct: 'a client that leaves spoils nothing: the next gets a whole answer',
    async run(gateway) {
      const text = fresh('slow');
      const leaving = new AbortController();
      const sent = send(gateway, chat(text, more), { signal: leaving.signal }).catch(() => undefined);
      await setTimeout(100);
      leaving.abort();
      await sent;
      for (const wait of [0, 600]) {
        await setTimeout(wait);
        const { status, whole, content, text: events } = await send(gateway, chat(text, more));
        if (status !== 200 || !whole) return `status ${status}, ${whole ? 'whole' : 'broken'}`;
        if (!/answer \d+\s+to\s+\w{16}$/.test(content)) return 'half of an answer';
        if ('stream' in more && !events.includes('[DONE]')) return 'a stream without its end';
      }
      return undefined;
    },
  };
}
