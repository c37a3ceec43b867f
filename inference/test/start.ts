import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Models } from '../src/models.ts';
import { createServer, type ServerOptions } from '../src/server.ts';

const HERE = import.meta.dirname;

/** The models trained by this project. */
export const ownModel = (name: string) => join(HERE, '..', 'models', name);
/** Models of other families, created by fixtures/make_models.py. */
export const fixtureModel = (name: string) => join(HERE, 'fixtures', name);

const PICTURES = join(HERE, '..', '..', 'test', 'fixtures', 'pictures');
export const picture = (name: string): Buffer => readFileSync(join(PICTURES, name));
export const dataUrl = (name: string) =>
  `data:image/${name.split('.').pop()};base64,${picture(name).toString('base64')}`;

export interface Client {
  url: string;
  get: (path: string, init?: RequestInit) => Promise<Response>;
  /** Sends `body` as JSON. A string is sent unchanged. */
  post: (path: string, body: unknown, init?: RequestInit) => Promise<Response>;
}

/** Starts the real server on a free loopback port and closes it when the test ends. */
export async function start(models: Models | Promise<Models>, options: ServerOptions = {}): Promise<Client> {
  const server = createServer(models, {
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    get: (path, init) => fetch(url + path, init),
    post: (path, body, init) =>
      fetch(url + path, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
        headers: { 'Content-Type': 'application/json', ...init?.headers },
      }),
  };
}

export interface Failure {
  status: number;
  error: { message: string; type: string; param: string | null; code: string };
}

/** The body of a response that must be successful. */
export async function json<Body>(response: Promise<Response>): Promise<Body> {
  const answer = await response;
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Body;
}

/** The status and OpenAI error body of a response that must be an error. */
export async function failure(response: Promise<Response>): Promise<Failure> {
  const answer = await response;
  const { error } = (await answer.json()) as Failure;
  return { status: answer.status, error };
}

/** Parses the events of a stream. @throws Error if they are not in OpenAI's server-sent events format */
export async function events<Event>(response: Response): Promise<(Event | '[DONE]')[]> {
  const text = await response.text();
  if (!text.endsWith('\n\n')) throw new Error('The last event is incomplete.');
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((event) => {
      const data = /^data: (.*)$/.exec(event)?.[1];
      if (data === undefined) throw new Error(`This is not an unnamed event: ${event}`);
      return data === '[DONE]' ? data : JSON.parse(data);
    });
}

export function cosine(a: number[] | Float32Array, b: number[] | Float32Array): number {
  return Array.from(a).reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}
