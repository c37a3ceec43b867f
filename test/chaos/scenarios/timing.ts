import { ok } from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { brokenStream, type Outcome, wholeStream } from '../checks.ts';
import { ANSWER, EVENTS, WORDS } from '../events.ts';
import type { Left, Scenario } from './scenario.ts';

const THREE = EVENTS.slice(0, 3);
const NEVER = 2 ** 31 - 1;
/**
 * Buffers between upstream and client hold some megabytes. A gateway without backpressure accepts all of it.
 */
const MUCH_BYTES = 200_000_000;
const MOST_BYTES = 32_000_000;

/** Hosts that are slow, clients that are slow, and clients that leave. */
export const timing: readonly Scenario[] = [
  {
    name: 'late-first-event',
    upstream: 'sends its headers at once, and its first event after 18 s',
    correct: 'keeps the connection alive with a comment within 17 s, and passes on every event',
    stream: true,
    seconds: 20,
    async serve(exchange) {
      exchange.begin();
      await setTimeout(18_000);
      await exchange.write(EVENTS);
      exchange.response.end();
    },
    check: wholeWithinTime,
  },
  {
    name: 'late-headers',
    upstream: 'sends its headers and all events after 18 s',
    correct: 'keeps the connection alive with a comment within 17 s, and passes on every event',
    stream: true,
    seconds: 20,
    async serve(exchange) {
      await setTimeout(18_000);
      exchange.begin();
      await exchange.write(EVENTS);
      exchange.response.end();
    },
    check: wholeWithinTime,
  },
  {
    name: 'late-failure',
    upstream: 'sends its headers at once, and resets the connection after 17 s',
    correct: 'ends the stream with an error event, since the status has been sent',
    stream: true,
    seconds: 18,
    async serve(exchange) {
      exchange.begin();
      await setTimeout(17_000);
      await exchange.reset();
    },
    check: (outcome) => brokenStream(outcome, ''),
  },
  {
    name: 'pause',
    upstream: 'pauses for 3 s after three events',
    correct: 'passes on the three events before the pause ends, and the rest after it',
    stream: true,
    seconds: 4,
    async serve(exchange) {
      exchange.begin();
      await exchange.write(THREE);
      await setTimeout(3_000);
      await exchange.write(EVENTS.slice(3));
      exchange.response.end();
    },
    check(outcome) {
      wholeStream(outcome);
      const early = outcome.raw.arrivals.filter(({ ms }) => ms < 2_000).map(({ text }) => text);
      ok(early.join('').includes(THREE[2] ?? ''), 'the first three events were held back');
    },
  },
  {
    name: 'no-headers',
    upstream: 'accepts the request and never answers',
    correct: 'gives up with an error event, or with 504',
    stream: true,
    seconds: 150,
    serve: () => setTimeout(NEVER, undefined, { ref: false }),
    check: (outcome) => brokenStream(outcome, ''),
  },
  {
    name: 'no-first-event',
    upstream: 'sends its headers but no event',
    correct: 'gives up with an error event, or with 504',
    stream: true,
    seconds: 90,
    async serve(exchange) {
      exchange.begin();
      await setTimeout(NEVER, undefined, { ref: false });
    },
    check: (outcome) => brokenStream(outcome, ''),
  },
  {
    name: 'no-end',
    upstream: 'stalls forever after three events',
    correct: 'gives up with an error event',
    stream: true,
    seconds: 630,
    async serve(exchange) {
      exchange.begin();
      await exchange.write(THREE);
      await setTimeout(NEVER, undefined, { ref: false });
    },
    check: (outcome) => brokenStream(outcome, WORDS.slice(0, 3).join('')),
  },
  {
    ...left('leave-before-answer', 'has not answered', false, 'resets'),
    serve: (exchange) => exchange.reached(),
  },
  {
    ...left('leave-mid-answer', 'has sent half of its answer', false, 'resets'),
    serve(exchange) {
      exchange.response.writeHead(200, { 'content-type': 'application/json' });
      exchange.response.write(ANSWER.slice(0, 100));
      exchange.reached();
    },
  },
  {
    ...left('leave-before-headers', 'has not sent the headers of a stream', true, 'resets'),
    serve: (exchange) => exchange.reached(),
  },
  {
    ...left('leave-before-first-event', 'has not sent its first event', true, 'resets'),
    serve(exchange) {
      exchange.begin();
      exchange.reached();
    },
  },
  {
    ...left('leave-mid-stream', 'is sending events', true, 'closes'),
    async serve(exchange) {
      exchange.begin();
      exchange.reached();
      for (let i = 0; i < 200 && !exchange.socket.destroyed; i++) {
        await exchange.write([EVENTS[0] ?? '']);
        await setTimeout(50);
      }
      exchange.response.end();
    },
  },
  {
    name: 'slow-reader',
    upstream: 'offers 200 MB of events to a client that stops reading',
    correct: 'slows the upstream down: it can send at most 32 MB',
    stream: true,
    seconds: 5,
    mostBytes: MOST_BYTES,
    async serve(exchange) {
      exchange.begin();
      const block = (EVENTS[0] ?? '').repeat(500);
      await exchange.write(Array.from({ length: MUCH_BYTES / block.length }, () => block));
      exchange.response.end();
    },
  },
];

function wholeWithinTime(outcome: Outcome): void {
  wholeStream(outcome);
  const [first] = outcome.raw.arrivals;
  ok(first && first.ms < 17_000 && first.text.startsWith(':'), `nothing for ${first?.ms.toFixed()} ms`);
}

function left(name: string, upstream: string, stream: boolean, when: Left['leave']): Omit<Left, 'serve'> {
  return {
    name,
    upstream: `${upstream} when the client leaves`,
    correct: 'closes the upstream within a second',
    stream,
    leave: when,
  };
}
