import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import OpenAI, { APIError } from 'openai';
import type { FaultyUpstream, Run } from './upstream.ts';

/** A gateway under test, with the faulty upstream behind it. */
export interface Target {
  /** Without a slash at its end: the path begins with /v1. */
  readonly url: string;
  readonly key: string;
  /** What makes the gateway choose the faulty upstream: `openai/`. */
  readonly modelPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a plain HTTP client saw. */
export interface Observed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** False where the connection broke before the end of the body. */
  readonly whole: boolean;
  /** When each part of the body came, in milliseconds from the request. */
  readonly arrivals: readonly { readonly ms: number; readonly text: string }[];
}

/** What OpenAI's SDK made of it, without retries of its own. */
export interface SdkSaw {
  readonly text: string;
  readonly finishReason: string | null;
  readonly error?: { readonly status: number | undefined; readonly message: string };
}

let runs = 0;

/** A model id that no other run has. */
export function newRun(scenario: string): string {
  return `${scenario}.${process.pid}-${runs++}`;
}

export async function observe(target: Target, model: string, stream: boolean): Promise<Observed> {
  const start = performance.now();
  const outgoing = send(target, model, stream);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const parts: { ms: number; bytes: Buffer }[] = [];
  const whole = await new Promise<boolean>((resolve) => {
    response.on('data', (bytes: Buffer) => parts.push({ ms: performance.now() - start, bytes }));
    response.on('end', () => resolve(true));
    response.on('error', () => resolve(false));
  });
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  const { statusCode: status = 0, headers } = response;
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  return { status, headers, text, whole, arrivals: parts.map(({ ms, bytes: part }) => ({ ms, text: `${part}` })) };
}

export async function observeSdk(target: Target, model: string, stream: boolean): Promise<SdkSaw> {
  const client = new OpenAI({
    baseURL: `${target.url}/v1`,
    apiKey: target.key,
    defaultHeaders: target.headers,
    maxRetries: 0,
    // What the SDK cannot parse is part of a scenario.
    logLevel: 'off',
  });
  const body = { model: target.modelPrefix + model, messages: [{ role: 'user' as const, content: 'Go.' }] };
  let text = '';
  let finishReason: string | null = null;
  try {
    if (!stream) {
      const [choice] = (await client.chat.completions.create(body)).choices;
      return { text: choice?.message.content ?? '', finishReason: choice?.finish_reason ?? null };
    }
    for await (const { choices } of await client.chat.completions.create({ ...body, stream: true })) {
      text += choices[0]?.delta.content ?? '';
      finishReason = choices[0]?.finish_reason ?? finishReason;
    }
    return { text, finishReason };
  } catch (error) {
    const status = error instanceof APIError ? error.status : undefined;
    return { text, finishReason, error: { status, message: String(error) } };
  }
}

/**
 * Leaves at the point that the upstream names. A client that has had its first event just closes its
 * connection. One that still waits resets it: a mere close says only that it has no more to send (RFC 9112,
 * 9.6), and may still read.
 *
 * @returns how long the upstream took to see it, in milliseconds
 */
export async function leave(
  target: Target,
  upstream: FaultyUpstream,
  model: string,
  stream: boolean,
  hasFirstEvent: boolean,
): Promise<number> {
  const run = upstream.run(model);
  const outgoing = send(target, model, stream);
  await within(run.reached, 10_000, 'the request did not reach the upstream');
  if (hasFirstEvent) {
    const [response] = (await within(once(outgoing, 'response'), 10_000, 'no headers came')) as [IncomingMessage];
    await within(once(response, 'data'), 10_000, 'no event came');
  }
  await setTimeout(50);
  const start = performance.now();
  if (hasFirstEvent) outgoing.destroy();
  else outgoing.socket?.resetAndDestroy();
  await within(run.closed, 5_000, 'the upstream was still open 5 s after the client had left');
  return performance.now() - start;
}

/** Reads the first bytes, and then nothing. @returns the bytes that the upstream could send meanwhile */
export async function readSlowly(target: Target, upstream: FaultyUpstream, model: string): Promise<number> {
  const outgoing = send(target, model, true);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  await once(response, 'data');
  response.pause();
  await setTimeout(4_000);
  const { bytes }: Run = upstream.run(model);
  outgoing.destroy();
  return bytes;
}

function send({ url, key, modelPrefix, headers }: Target, model: string, stream: boolean): ClientRequest {
  const body = JSON.stringify({ model: modelPrefix + model, messages: [{ role: 'user', content: 'Go.' }], stream });
  const outgoing = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
  });
  outgoing.on('error', () => {});
  outgoing.end(body);
  return outgoing;
}

async function within<T>(work: Promise<T>, milliseconds: number, otherwise: string): Promise<T> {
  const late = new AbortController();
  try {
    return await Promise.race([
      work,
      setTimeout(milliseconds, undefined, { signal: late.signal }).then(() => Promise.reject(new Error(otherwise))),
    ]);
  } finally {
    late.abort();
  }
}
