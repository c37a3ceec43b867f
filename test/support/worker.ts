import { createExecutionContext, reset, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { LATER_MS } from '../../src/metering/debounced.ts';
import type { Env } from '../../src/settings/settings.ts';
import app from '../../src/worker.ts';

/** Requests to the whole Worker inside workerd, with a real KV and mock hosts. */

export const KEY = 'sk-test';
const SOON_MS = 50;
export const ORIGIN = 'http://origin.internal:8788';
export const bindings = env as unknown as Env;

/** Tests write to KV as on a paid plan, unless they say otherwise. */
const DEFAULTS = {
  // Usage is written two seconds later: only tests of usage wait for it.
  USAGE: undefined,
  API_KEYS: KEY,
  INFERENCE_URL: ORIGIN,
  KV_WRITES_PER_REQUEST: '1000',
  KV_WRITES_PER_DAY: '1000000',
  CORS_ORIGINS: '*',
};

export const environment = (settings: Partial<Env> = {}) => ({ ...bindings, ...DEFAULTS, ...settings });

export interface Ask {
  method?: string;
  /** Sent as JSON. */
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  settings?: Partial<Env>;
  /**
   * Requests with the same one find what the isolate has kept for it: settings, and headers that were
   * authenticated.
   */
  env?: object;
  signal?: AbortSignal;
  /** Without the key. */
  anonymous?: boolean;
  /** Where the Worker runs. */
  base?: string;
}

/**
 * Sends a request to the Worker, and waits for its work after the answer (cache writes), unless the answer is
 * a stream.
 */
export async function ask(
  path: string,
  {
    method,
    json,
    body,
    headers,
    settings,
    env = environment(settings),
    signal,
    anonymous,
    base = 'https://cedalion.example.com',
  }: Ask = {},
): Promise<Response> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const request = new Request(`${base}${path}`, {
    method: method ?? (sent === undefined ? 'GET' : 'POST'),
    headers: {
      ...(anonymous ? {} : { authorization: `Bearer ${KEY}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
    ...(signal ? { signal } : {}),
  });
  const context = createExecutionContext();
  const answer = await app.fetch(request, env, context);
  // A stream continues after the answer: waiting for it before reading it would never end.
  if (!/(event|octet)-stream|ogg|^(image|audio|video)/.test(answer.headers.get('content-type') ?? ''))
    await waitOnExecutionContext(context);
  return answer;
}

/** The error of an answer. Checks the headers and the fields that every error has. */
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

/** Mocks the hosts that the Worker calls. An unexpected call fails the test. */
export function serve(hosts: Record<string, Host>) {
  const requests: Request[] = [];
  const network = globalThis.fetch;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input as string, init as RequestInit);
    if (asksForModels(request) && !Object.keys(hosts).some((prefix) => prefix.endsWith('/models'))) {
      return new Response(null, { status: 404 });
    }
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

/** What a server of CLIP says of its models: nothing, unless a test says so. */
function asksForModels({ method, url }: Request): boolean {
  return method === 'GET' && /\/models$/.test(new URL(url).pathname);
}

function isStream(answer: Response): boolean {
  return /event-stream/.test(answer.headers.get('content-type') ?? '');
}

/**
 * A body that was created in the same isolate cannot be piped natively. One that came over the network can,
 * as in production.
 */
function overNetwork(answer: Response, network: typeof fetch): Promise<Response> {
  return network('https://echo.example.com/', { method: 'POST', body: answer.body, headers: answer.headers });
}

const unexpected: string[] = [];

// `ask` waits for what is written after an answer: in tests that is soon, not two seconds later.
beforeEach(() => {
  const wait = scheduler.wait.bind(scheduler);
  vi.spyOn(scheduler, 'wait').mockImplementation((ms, options) => wait(ms === LATER_MS ? SOON_MS : ms, options));
});

afterEach(async () => {
  vi.restoreAllMocks();
  resetIsolate();
  await reset();
  expect(unexpected.splice(0)).toEqual([]);
});

/** A host's stream of these events. */
export function eventStream(events: readonly (string | object)[], end = '\n\n'): Response {
  const text = events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}`).join('\n\n');
  return new Response(text + end, { headers: { 'content-type': 'text/event-stream' } });
}
