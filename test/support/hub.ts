import { expect } from 'vitest';
import { type Ask, ask, ORIGIN } from './worker.ts';

/** Requests in the format of Hugging Face's inference API. */

export const EMBED = `${ORIGIN}/embeddings`;
export const CHAT = `${ORIGIN}/v1/chat/completions`;
export const COMPLETE = `${ORIGIN}/v1/completions`;

interface Failure {
  readonly error: string;
  readonly error_type: string;
  readonly code: string;
  readonly param: string | null;
}

export async function run(path: string, json: object, more: Ask = {}): Promise<unknown> {
  const answer = await ask(path, { json, ...more });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json();
}

export async function fail(path: string, json: object, more: Ask = {}): Promise<Failure & { status: number }> {
  const answer = await ask(path, { json, ...more });
  return { ...((await answer.json()) as Failure), status: answer.status };
}

/** A host's chat answer. */
export const saying = (content: string) => () =>
  Response.json({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] });

/** The events of a stream. */
export const eventsOf = (text: string) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ''));
