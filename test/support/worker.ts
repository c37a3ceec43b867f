import { createExecutionContext, reset, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, vi } from 'vitest';
import { forgetVectors } from '../../src/embedding/vector-memory.ts';
import type { Env } from '../../src/settings.ts';
import app from '../../src/worker.ts';

/** Requests to the whole Worker, inside workerd, with a real KV; and hosts for it to call. */

export const KEY = 'sk-local';
export const ORIGIN = 'http://origin.internal:8788';
export const bindings = env as unknown as Env;

export interface Ask {
  method?: string;
  /** Sent as JSON. */
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  settings?: Partial<Env>;
  signal?: AbortSignal;
}

/** Asks the Worker, and waits for what it does after its answer (cache writes), unless the answer is a stream. */
export async function ask(
  path: string,
  { method, json, body, headers, settings, signal }: Ask = {},
): Promise<Response> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const request = new Request(`https://cedalion.example.com${path}`, {
    method: method ?? (sent === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${KEY}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
    ...(signal ? { signal } : {}),
  });
  const context = createExecutionContext();
  const answer = await app.fetch(request, { ...bindings, API_KEYS: KEY, INFERENCE_URL: ORIGIN, ...settings }, context);
  // What is streamed goes on after the answer: waiting for it before reading it would last for ever.
  if (!/event-stream|^image/.test(answer.headers.get('content-type') ?? '')) await waitOnExecutionContext(context);
  return answer;
}

/** The error that an answer carries, with its status and the headers that go with it checked. */
export async function errorOf(
  answer: Response,
): Promise<{ message: string; type: string; param: string | null; code: string }> {
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  const { error } = (await answer.json()) as {
    error: { message: string; type: string; param: string | null; code: string };
  };
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
  return error;
}

export type Host = (request: Request) => Response | Promise<Response>;

/** Stands in for the hosts that the Worker calls. A call that the test did not expect fails it. */
export function serve(hosts: Record<string, Host>) {
  const requests: Request[] = [];
  const network = globalThis.fetch;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input as string, init as RequestInit);
    requests.push(request.clone() as Request);
    const found = Object.entries(hosts).find(([prefix]) => request.url.startsWith(prefix));
    if (!found) {
      unexpected.push(`${request.method} ${request.url}`);
      throw new TypeError('unexpected request');
    }
    const answer = await found[1](request as Request);
    return isStream(answer) ? overNetwork(answer, network) : answer;
  });
  return { requests, spy };
}

function isStream(answer: Response): boolean {
  return /event-stream/.test(answer.headers.get('content-type') ?? '');
}

/** A body made in the same isolate cannot be piped natively; one that came over a wire can, as in production. */
function overNetwork(answer: Response, network: typeof fetch): Promise<Response> {
  return network('https://echo.example.com/', { method: 'POST', body: answer.body, headers: answer.headers });
}

const unexpected: string[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  forgetVectors();
  await reset();
  expect(unexpected.splice(0)).toEqual([]);
});

/** A host's stream, event by event. */
export function eventStream(events: readonly (string | object)[], end = '\n\n'): Response {
  const text = events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}`).join('\n\n');
  return new Response(text + end, { headers: { 'content-type': 'text/event-stream' } });
}
