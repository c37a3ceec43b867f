/**
 * Records the examples of the document: sends each one to the whole program, and stores the answer.
 *
 *   npm run openapi
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LOCAL_KEY } from '../test/support/gateway.ts';
import { startStack } from '../test/support/stack.ts';
import { formatted } from './generate.ts';
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';
import type { Recorded } from './parts.ts';
import { EXAMPLE_SETTINGS, prepare } from './prepare.ts';

const FILE = join(import.meta.dirname, 'recorded.json');

/** Sends an operation's example. @throws Error if the answer is not 2xx */
export async function sendExample(url: string, operation: Operation, extra: object = {}): Promise<Response> {
  const { method, path, example } = operation;
  const authorization = `Bearer ${LOCAL_KEY}`;
  if (example.before) {
    const { path, body, headers } = example.before;
    const sent = { authorization, 'content-type': 'application/json', ...headers };
    await (await fetch(url + path, { method: 'POST', headers: sent, body: JSON.stringify(body) })).text();
  }
  const prepared = await prepare(url, example.path ?? path, example.needs);
  const type = example.form ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url + prepared.path, {
    method: method.toUpperCase(),
    headers: { authorization, ...type, ...example.headers },
    body: example.form ? formOf(example.form) : example.body ? JSON.stringify({ ...example.body, ...extra }) : null,
  });
  await prepared.stop();
  if (response.ok) return response;
  throw new Error(`The example of ${operation.id} got status ${response.status}: ${await response.text()}`);
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value.startsWith('@')) form.append(name, new Blob(['x']), value.slice(1));
    else form.append(name, value);
  }
  return form;
}

async function record(): Promise<void> {
  const stack = await startStack(EXAMPLE_SETTINGS);
  const recorded: Record<string, Recorded> = {};
  try {
    for (const operation of operations) {
      if (operation.isHosted) continue;
      // Usage is written two seconds after a request.
      if (operation.id === 'getUsage') await setTimeout(3_000);
      if (operation.readsRun === 'events') {
        recorded[operation.id] = { answer: null, stream: await (await sendExample(stack.url, operation)).text() };
        continue;
      }
      const answer = await (await sendExample(stack.url, operation)).json();
      const stream = operation.event && (await (await sendExample(stack.url, operation, { stream: true })).text());
      recorded[operation.id] = { answer, ...(stream ? { stream } : {}) };
    }
  } finally {
    await stack.stop();
  }
  await writeFile(FILE, formatted(FILE, JSON.stringify(recorded)));
}

if (import.meta.main) await record();
