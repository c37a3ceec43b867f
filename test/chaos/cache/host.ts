import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A host whose answers count upwards, and name what they answer. */
export interface CountingHost {
  readonly url: string;
  /** How many requests have come whose messages contain a text. */
  asked(text: string): number;
  stop(): Promise<void>;
}

interface Body {
  readonly stream?: boolean;
  readonly messages?: readonly { readonly content?: unknown }[];
}

/** What a request asks the host to do, in its last message: `[cut] ...`. */
type Does =
  | 'cut'
  | 'error-event'
  | 'cut-whole'
  | '429'
  | '500'
  | 'html'
  | 'tools'
  | 'length'
  | 'content_filter'
  | 'slow'
  | 'fail-first'
  | 'large'
  | 'fine';

export const LARGE_CHARACTERS = 3_000_000;

/** @param revoked a credential that the host itself refuses, if a gateway passes credentials on */
export async function startCountingHost(port: number, revoked: string): Promise<CountingHost> {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response, texts, revoked).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: (text) => texts.filter((one) => one.includes(`${text}"`)).length,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a request is to the host, but for its model, which gateways rename, and the order of members. */
export function digestOf(body: object): string {
  const { model: _, ...rest } = body as Record<string, unknown>;
  return createHash('sha256')
    .update(JSON.stringify(sorted(rest)))
    .digest('hex')
    .slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, its]) => [name, sorted(its)]),
  );
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  texts: string[],
  revoked: string,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.headers.authorization === `Bearer ${revoked}`) {
    return json(response, 401, {
      error: { message: 'revoked', type: 'authentication_error', code: 'invalid_api_key' },
    });
  }
  const body = JSON.parse(`${Buffer.concat(chunks)}`) as Body;
  const text = JSON.stringify(body.messages);
  const does = (/\[([\w-]+)\]/.exec(text)?.[1] ?? 'fine') as Does;
  const isFirst = !texts.includes(text);
  texts.push(text);
  const content = `answer ${texts.length} to ${digestOf(body)}`;
  if (does === 'slow' || does === 'fail-first') await setTimeout(150);
  if (does === '429')
    return json(response, 429, { error: { message: 'slow down', type: 'rate_limit_error', code: 'rate' } });
  if (does === '500')
    return json(response, 500, { error: { message: 'broken', type: 'server_error', code: 'broken' } });
  if (does === 'fail-first' && isFirst) return json(response, 400, { error: { message: 'no', type: 'x', code: 'no' } });
  if (does === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>busy</html>');
  if (body.stream) return stream(response, content, does);
  const calls = [{ id: `call_${texts.length}`, type: 'function', function: { name: 'now', arguments: '{}' } }];
  const message =
    does === 'tools' ? { role: 'assistant', content: null, tool_calls: calls } : { role: 'assistant', content };
  if (does === 'large') message.content = `${content} ${'ö'.repeat(LARGE_CHARACTERS / 2)}`;
  const whole = Buffer.from(
    JSON.stringify({
      id: `chatcmpl-${texts.length}`,
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message, finish_reason: REASONS[does] ?? 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    }),
  );
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
  if (does !== 'cut-whole') return void response.end(whole);
  response.write(whole.subarray(0, whole.length / 2));
  await setTimeout(20);
  response.destroy();
}

const REASONS: Partial<Record<Does, string>> = {
  tools: 'tool_calls',
  length: 'length',
  content_filter: 'content_filter',
};

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function stream(response: ServerResponse, content: string, does: Does): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (event: object | string) =>
    response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    id: 'chatcmpl-s',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  });
  send(chunk({ role: 'assistant', reasoning_content: 'I think.' }));
  for (const word of content.split(' ')) {
    send(chunk({ content: `${word} ` }));
    if (does === 'slow') await setTimeout(40);
  }
  if (does === 'cut') {
    await setTimeout(20);
    response.destroy();
    return;
  }
  if (does === 'error-event') {
    send({ error: { message: 'out of memory', type: 'server_error', code: 'oom' } });
    return void response.end();
  }
  if (does === 'tools')
    send(
      chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } }] }),
    );
  send(chunk({}, REASONS[does] ?? 'stop'));
  send({ ...chunk({}), choices: [], usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } });
  send('[DONE]');
  response.end();
}
