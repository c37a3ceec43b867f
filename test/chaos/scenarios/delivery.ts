import { ok } from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { wholeAnswer, wholeStream } from '../checks.ts';
import { ANSWER, chunk, EVENTS, TEXT } from '../events.ts';
import type { Exchange } from '../upstream.ts';
import type { Answered } from './scenario.ts';

const PACE_MS = 200;
const MEGABYTE = 'm'.repeat(1_000_000);

/** Valid answers in unusual pieces: each must arrive unchanged. */
export const delivery: readonly Answered[] = [
  stream('whole-stream', 'sends a valid stream', (exchange) => sendAll(exchange, EVENTS)),
  stream('split-characters', 'splits every character of several bytes', (exchange) =>
    sendAll(exchange, EVENTS.flatMap(splitInsideCharacters)),
  ),
  stream('one-byte-writes', 'sends each byte separately', (exchange) =>
    sendAll(
      exchange,
      [...Buffer.from(EVENTS.join(''))].map((byte) => Uint8Array.of(byte)),
    ),
  ),
  stream('crlf', 'ends lines with CR LF', (exchange) =>
    sendAll(
      exchange,
      EVENTS.map((event) => event.replaceAll('\n', '\r\n')),
    ),
  ),
  stream('no-space', 'omits the space after `data:`', (exchange) =>
    sendAll(
      exchange,
      EVENTS.map((event) => event.replace('data: ', 'data:')),
    ),
  ),
  stream('comments', 'sends comments before and between events', (exchange) =>
    sendAll(exchange, [': waking up\n\n', ...EVENTS.flatMap((event) => [': still here\n\n', event])]),
  ),
  stream('one-packet', 'sends all events in one packet', (exchange) => sendAll(exchange, [EVENTS.join('')])),
  stream('no-final-newline', 'ends right after `[DONE]`, without a newline', (exchange) =>
    sendAll(exchange, [EVENTS.join('').trimEnd()]),
  ),
  stream('missing-done', 'ends without `[DONE]` after the finish reason', (exchange) =>
    sendAll(exchange, EVENTS.slice(0, -1)),
  ),
  stream('gzip-stream', 'compresses the stream', async (exchange) => {
    exchange.begin({ 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(exchange.response);
    for (const event of EVENTS) {
      gzip.write(event);
      await new Promise<void>((resolve) => gzip.flush(resolve));
    }
    gzip.end();
  }),
  {
    name: 'megabyte-event',
    upstream: 'sends an event of 1 MB',
    correct: 'passes it on completely',
    stream: true,
    serve: (exchange) => sendAll(exchange, [event(MEGABYTE), ...EVENTS]),
    check: (outcome) => wholeStream(outcome, MEGABYTE + TEXT),
  },
  {
    name: 'paced-stream',
    upstream: 'sends an event every 200 ms',
    correct: 'passes on each event without delay',
    stream: true,
    async serve(exchange) {
      exchange.begin();
      for (const [i, part] of EVENTS.entries()) {
        if (i > 0) await setTimeout(PACE_MS);
        await exchange.write([part]);
      }
      exchange.response.end();
    },
    check(outcome) {
      wholeStream(outcome);
      const { arrivals } = outcome.raw;
      const spread = (arrivals.at(-1)?.ms ?? 0) - (arrivals[0]?.ms ?? 0);
      ok(spread > 0.75 * PACE_MS * (EVENTS.length - 1), `all events came within ${spread.toFixed()} ms`);
      ok(arrivals.length >= EVENTS.length - 1, `${EVENTS.length} events came in ${arrivals.length} parts`);
    },
  },
  json('whole-json', 'sends a valid answer', (exchange) => exchange.json(200, ANSWER)),
  json('gzip-json', 'compresses the answer', (exchange) => {
    exchange.response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    exchange.response.end(gzipSync(ANSWER));
  }),
  json('gzip-json-with-length', 'compresses the answer, and declares the compressed length', (exchange) => {
    const bytes = gzipSync(ANSWER);
    exchange.response.writeHead(200, {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': bytes.byteLength,
    });
    exchange.response.end(bytes);
  }),
  json('trickled-json', 'sends the answer byte by byte', async (exchange) => {
    exchange.response.writeHead(200, { 'content-type': 'application/json' });
    await exchange.write([...Buffer.from(ANSWER)].map((byte) => Uint8Array.of(byte)));
    exchange.response.end();
  }),
];

function stream(name: string, upstream: string, serve: Answered['serve']): Answered {
  return {
    name,
    upstream,
    correct: 'passes on every event unchanged',
    stream: true,
    serve,
    check: (outcome) => wholeStream(outcome),
  };
}

function json(name: string, upstream: string, serve: Answered['serve']): Answered {
  return { name, upstream, correct: 'passes on the answer unchanged', stream: false, serve, check: wholeAnswer };
}

async function sendAll(exchange: Exchange, pieces: readonly (string | Uint8Array)[]): Promise<void> {
  exchange.begin();
  await exchange.write(pieces);
  exchange.response.end();
}

function event(content: string): string {
  return `data: ${chunk({ content }, null)}\n\n`;
}

function splitInsideCharacters(text: string): Uint8Array[] {
  const bytes = Buffer.from(text);
  const cuts = [...bytes.keys()].filter((i) => ((bytes[i] ?? 0) & 0xc0) === 0x80);
  return [0, ...cuts].map((cut, i) => bytes.subarray(cut, cuts[i] ?? bytes.byteLength));
}
