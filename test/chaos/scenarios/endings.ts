import { brokenStream } from '../checks.ts';
import { ERROR, EVENTS, TEXT, WORDS } from '../events.ts';
import type { Exchange } from '../upstream.ts';
import type { Answered } from './scenario.ts';

const THREE = EVENTS.slice(0, 3);
const THREE_WORDS = WORDS.slice(0, 3).join('');

/** Streams that fail after a correct beginning: none may look like success. */
export const endings: readonly Answered[] = [
  ending('missing-finish', 'ends without `[DONE]`, and without a finish reason', TEXT, (exchange) =>
    end(exchange, EVENTS.slice(0, -2)),
  ),
  ending('early-end', 'ends after three events without an error', THREE_WORDS, (exchange) => end(exchange, THREE)),
  ending('reset', 'resets the connection after three events', THREE_WORDS, (exchange) => reset(exchange, THREE)),
  ending('end-inside-event', 'ends in the middle of the fourth event', THREE_WORDS, (exchange) =>
    end(exchange, [...THREE, half(EVENTS[3])]),
  ),
  ending('reset-inside-event', 'resets the connection in the middle of the fourth event', THREE_WORDS, (exchange) =>
    reset(exchange, [...THREE, half(EVENTS[3])]),
  ),
  ending('reset-inside-character', 'resets the connection in the middle of a character', THREE_WORDS, (exchange) =>
    reset(exchange, [...THREE, Buffer.from(EVENTS[3] ?? '').subarray(0, cutInsideCharacter(EVENTS[3] ?? ''))]),
  ),
  ending('malformed-end', 'ends with a line that is not JSON', THREE_WORDS, (exchange) =>
    end(exchange, [...THREE, 'data: {"id": oops']),
  ),
  ending('bad-chunk', 'sends an invalid chunk length after three events', THREE_WORDS, async (exchange) => {
    exchange.begin();
    await exchange.write(THREE);
    exchange.raw('not a length\r\n');
  }),
  ending('error-event', 'sends an error event after three events, and ends', THREE_WORDS, (exchange) =>
    end(exchange, [...THREE, `data: ${ERROR}\n\n`]),
  ),
];

function ending(name: string, upstream: string, text: string, serve: Answered['serve']): Answered {
  return {
    name,
    upstream,
    correct: 'passes on what arrived, then one error event, and no `[DONE]`',
    stream: true,
    serve,
    check: (outcome) => brokenStream(outcome, text),
  };
}

async function end(exchange: Exchange, pieces: readonly (string | Uint8Array)[]): Promise<void> {
  exchange.begin();
  await exchange.write(pieces);
  exchange.response.end();
}

async function reset(exchange: Exchange, pieces: readonly (string | Uint8Array)[]): Promise<void> {
  exchange.begin();
  await exchange.write(pieces);
  await exchange.reset();
}

function half(event = ''): string {
  return event.slice(0, event.length / 2);
}

function cutInsideCharacter(event: string): number {
  return Buffer.from(event).findIndex((byte) => byte >= 0xf0) + 2;
}
