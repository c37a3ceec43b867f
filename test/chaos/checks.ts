import { equal, ok } from 'node:assert/strict';
import { TEXT } from './events.ts';
import type { Observed, SdkSaw } from './observe.ts';

/**
 * What came of one scenario: as a plain client and as OpenAI's SDK saw it, and how often the upstream was
 * asked.
 */
export interface Outcome {
  readonly raw: Observed;
  readonly sdk: SdkSaw;
  readonly attempts: number;
}
export type Check = (outcome: Outcome) => void;

/** Every event arrived, in order and unharmed, and the stream says that it is complete. */
export const wholeStream = ({ raw, sdk }: Outcome, text: string = TEXT): void => {
  equal(raw.status, 200, 'the status');
  ok(raw.whole, 'the connection broke');
  const events = parseEvents(raw.text);
  equal(textOf(events), text, 'the text in the events');
  equal(events.at(-1), '[DONE]', 'the last event');
  equal(events.find(isError), undefined, 'an error event');
  equal(sdk.error, undefined, 'an error in the SDK');
  equal(sdk.text, text, "the SDK's text");
  equal(sdk.finishReason, 'stop', "the SDK's finish reason");
};

/** What arrived was passed on, and then the client got an error: an SDK raises, and there is no `[DONE]`. */
export const brokenStream = (outcome: Outcome, text: string): void => {
  const { raw, sdk } = outcome;
  ok(sdk.error, 'silent success: the SDK saw no error');
  if (raw.status !== 200) {
    anError(outcome);
    return;
  }
  ok(raw.whole, 'the connection broke without a word');
  const events = parseEvents(raw.text);
  ok(!events.includes('[DONE]'), '[DONE] after a failure');
  const last = events.at(-1) ?? '';
  ok(isError(last), `no error event at the end, but ${last.slice(0, 80)}`);
  equal(textOf(events), text, 'the text before the failure');
};

export const wholeAnswer = ({ raw, sdk }: Outcome): void => {
  equal(raw.status, 200, 'the status');
  equal(JSON.parse(raw.text).choices[0].message.content, TEXT, 'the text');
  equal(sdk.error, undefined, 'an error in the SDK');
  equal(sdk.text, TEXT, "the SDK's text");
};

/** An HTTP error with OpenAI's body. */
export const anError = ({ raw, sdk }: Outcome, statuses: readonly number[] = []): void => {
  ok(raw.status >= 400, `status ${raw.status} for a failure`);
  if (statuses.length > 0)
    ok(statuses.includes(raw.status), `status ${raw.status} in place of ${statuses.join(' or ')}`);
  ok(/json/.test(raw.headers['content-type'] ?? ''), 'an error that is not JSON');
  const { error } = JSON.parse(raw.text);
  equal(typeof error?.message, 'string', 'the type of error.message');
  for (const member of ['type', 'param', 'code']) ok(member in error, `error.${member} is missing`);
  equal(sdk.error?.status, raw.status, "the SDK's status");
};

/** The data of each event, read as the specification says: an event without its empty line is dropped. */
export function parseEvents(text: string): string[] {
  const events: string[] = [];
  let data: string[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  lines.pop();
  for (const line of lines) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
    } else if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /, ''));
  }
  return events;
}

/** Without events that say an error: one that was cut may have been completed as such. */
function textOf(events: readonly string[]): string {
  return events
    .filter((data) => !isError(data))
    .map((data) => parse(data)?.choices?.[0]?.delta?.content ?? '')
    .join('');
}

function isError(data: string): boolean {
  return typeof parse(data)?.error?.message === 'string';
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
  readonly error?: { readonly message?: unknown };
}

/** @returns undefined for `[DONE]`, and for what an upstream began and never finished */
function parse(data: string): Chunk | undefined {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
