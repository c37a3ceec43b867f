import { equal, ok } from 'node:assert/strict';
import { anError, brokenStream, wholeAnswer, wholeStream } from '../checks.ts';
import { ANSWER, ERROR, EVENTS } from '../events.ts';
import type { Exchange } from '../upstream.ts';
import type { Answered, Scenario } from './scenario.ts';

const HTML = '<!doctype html><title>502 Bad Gateway</title>';
const ANY_ERROR = 'answers with an HTTP error in OpenAI’s format';
const NO_SILENT_SUCCESS = `${ANY_ERROR}, or with an error event`;

/** Answers that are wrong from the start, and hosts that need a retry: complete answers and streams. */
export const answers: readonly Scenario[] = [
  ...both('html', 'answers 200 with an HTML page', ANY_ERROR, {
    serve: ({ response }) => response.writeHead(200, { 'content-type': 'text/html' }).end(HTML),
    check: (outcome) => anError(outcome),
  }),
  ...both('error-json', 'answers 200 with an error as JSON', ANY_ERROR, {
    serve: (exchange) => exchange.json(200, ERROR),
    check: (outcome) => anError(outcome),
  }),
  {
    name: 'html-as-stream',
    upstream: 'sends an HTML page as text/event-stream',
    correct: NO_SILENT_SUCCESS,
    stream: true,
    serve: (exchange) => endStream(exchange, HTML),
    check: (outcome) => brokenStream(outcome, ''),
  },
  {
    name: 'error-event-first',
    upstream: 'sends an error as its first event',
    correct: NO_SILENT_SUCCESS,
    stream: true,
    serve: (exchange) => endStream(exchange, `data: ${ERROR}\n\n`),
    check: (outcome) => brokenStream(outcome, ''),
  },
  {
    name: 'empty-stream',
    upstream: 'ends the stream before its first event',
    correct: NO_SILENT_SUCCESS,
    stream: true,
    serve: (exchange) => endStream(exchange, ''),
    check: (outcome) => brokenStream(outcome, ''),
  },
  ...both(
    'reset-before-headers',
    'resets the connection before its headers, every time',
    `${ANY_ERROR}, after a few attempts`,
    {
      serve: (exchange) => exchange.reset(),
      check: (outcome) => failedAfterFewTries(outcome, [500, 502, 503, 504]),
    },
  ),
  ...both('rejected', 'answers 400', 'passes on the rejection at once, with its message', {
    serve: (exchange) => exchange.json(400, ERROR),
    check(outcome) {
      anError(outcome, [400]);
      equal(outcome.attempts, 1, 'the number of tries');
      ok(outcome.raw.text.includes('The model fell over.'), "the host's message is lost");
    },
  }),
  ...both('always-500', 'answers 500, every time', `${ANY_ERROR}, after a few attempts`, {
    serve: (exchange) => exchange.json(500, ERROR),
    check: (outcome) => failedAfterFewTries(outcome, [500, 502, 503]),
  }),
  ...both(
    'rate-limited',
    'answers 429 with Retry-After: 1, every time',
    'answers 429 with Retry-After, after a few attempts',
    {
      serve: (exchange) => exchange.json(429, ERROR, { 'retry-after': '1' }),
      check(outcome) {
        failedAfterFewTries(outcome, [429]);
        ok(outcome.raw.headers['retry-after'], 'Retry-After is lost');
      },
    },
  ),
  ...both('rate-limited-once', 'answers 429 with Retry-After: 1, then correctly', 'retries after that time', {
    serve: (exchange) =>
      exchange.attempt === 1 ? exchange.json(429, ERROR, { 'retry-after': '1' }) : answerWell(exchange),
    check: answeredAtSecondTry,
  }),
  ...both('unavailable-once', 'answers 503, then correctly', 'retries', {
    serve: (exchange) => (exchange.attempt === 1 ? exchange.json(503, ERROR) : answerWell(exchange)),
    check: answeredAtSecondTry,
  }),
  ...both('reset-once', 'resets the connection before its headers, then answers correctly', 'retries', {
    serve: (exchange) => (exchange.attempt === 1 ? exchange.reset() : answerWell(exchange)),
    check: answeredAtSecondTry,
  }),
  json('length-too-large', 'sends a Content-Length larger than its answer', (exchange) => {
    exchange.raw(head(Buffer.byteLength(ANSWER) + 100) + ANSWER);
    exchange.socket.end();
  }),
  json('length-too-small', 'sends a Content-Length smaller than its answer', (exchange) => {
    exchange.raw(head(Buffer.byteLength(ANSWER) - 100) + ANSWER);
    exchange.socket.end();
  }),
  json('cut-json', 'resets the connection in the middle of its answer', async (exchange) => {
    exchange.raw(head(Buffer.byteLength(ANSWER)) + ANSWER.slice(0, 100));
    await exchange.reset();
  }),
  json('half-json', 'ends in the middle of its answer without an error', (exchange) =>
    exchange.json(200, ANSWER.slice(0, 100)),
  ),
];

interface Behavior {
  readonly serve: (exchange: Exchange) => unknown;
  readonly check: Answered['check'];
}

/** One fault, for a complete answer and for a stream. */
function both(name: string, upstream: string, correct: string, { serve, check }: Behavior): Answered[] {
  return [false, true].map((stream) => ({
    name: stream ? `${name}-stream` : name,
    upstream,
    correct,
    stream,
    serve: async (exchange) => {
      await serve(exchange);
    },
    check,
  }));
}

function json(name: string, upstream: string, serve: Answered['serve']): Answered {
  return { name, upstream, correct: ANY_ERROR, stream: false, serve, check: (outcome) => anError(outcome) };
}

function failedAfterFewTries(outcome: Parameters<Answered['check']>[0], statuses: readonly number[]): void {
  anError(outcome, statuses);
  ok(outcome.attempts <= 6, `${outcome.attempts} tries`);
}

function answeredAtSecondTry(outcome: Parameters<Answered['check']>[0]): void {
  equal(outcome.attempts, 2, 'the number of tries');
  if (/event-stream/.test(outcome.raw.headers['content-type'] ?? '')) wholeStream(outcome);
  else wholeAnswer(outcome);
}

function answerWell(exchange: Exchange): void {
  if (exchange.wantsStream) endStream(exchange, EVENTS.join(''));
  else exchange.json(200, ANSWER);
}

function endStream(exchange: Exchange, text: string): void {
  exchange.begin();
  exchange.response.end(text);
}

function head(length: number): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
}
