import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { KeyRecord } from '../../src/access/key-record.ts';
import { SCOPES } from '../../src/base/scopes.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { listen } from '../support/stack.ts';

/**
 * The Worker as it is deployed, with a host that answers all kinds of requests, and callers that attack each
 * other.
 */
export interface World {
  readonly url: string;
  /** What the host was asked: the model, and the names of all fields. */
  readonly asked: { readonly model: string; readonly fields: readonly string[] }[];
  /** Stores a key as `npm run keys` does. */
  createKey(record: Partial<KeyRecord> & { readonly id: string }): Promise<string>;
  createToken(key: string, claims?: object): Promise<string>;
  /** A request with JSON, with text, with a form, or without a body. */
  send(credential: string, path: string, sent?: Sent): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Sent {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is if it is a text or a form, and as JSON otherwise. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export const PICTURE = readFileSync(new URL('../fixtures/pictures/cat.png', import.meta.url));

export async function startWorld(settings: Record<string, string> = {}): Promise<World> {
  const asked: World['asked'] = [];
  const host = await listen(createServer((request, response) => void answer(request, response, asked)));
  const gateway: Gateway = await startGateway({
    OPENAI_BASE_URL: `${host.url}/v1`,
    OPENAI_API_KEY: 'sk-host',
    INFERENCE_URL: host.url,
    WEBHOOK_LOOPBACK: 'true',
    RUNS_PER_CALLER: '100000',
    // All callers have one address here, and a refusal by it would hide others.
    IP_REQUESTS_PER_MINUTE: '0',
    ...settings,
  });
  const send: World['send'] = async (credential, path, { method, headers, body } = {}) => {
    const sent = await encode(body);
    const ask = () =>
      fetch(`${gateway.url}${path}`, {
        method: method ?? (sent ? 'POST' : 'GET'),
        headers: { authorization: `Bearer ${credential}`, ...sent?.headers, ...headers },
        ...(sent && { body: sent.bytes }),
      });
    // The server closes the connection of a body that is refused before it is read: a client may be writing
    // still.
    const answered = await ask().catch(ask);
    return { status: answered.status, headers: answered.headers, text: await answered.text() };
  };
  const keys = await gateway.miniflare.getKVNamespace('KEYS');
  return {
    url: gateway.url,
    asked,
    send,
    async createKey(record) {
      const key = `ced_${randomBytes(32).toString('base64url')}`;
      const whole: KeyRecord = { name: 'attack', scopes: SCOPES, models: 'all', limits: {}, created_at: 1, ...record };
      const name = createHash('sha256').update(key).digest('base64url');
      await keys.put(`key:v1:${name}`, JSON.stringify(whole));
      return key;
    },
    async createToken(key, claims = {}) {
      const { status, text } = await send(key, '/v1/client_secrets', { body: claims });
      if (status !== 200) throw new Error(`No token: ${text}`);
      return (JSON.parse(text) as { value: string }).value;
    },
    async stop() {
      await gateway.stop();
      await host.stop();
    },
  };
}

/** In one piece. */
async function encode(body: unknown): Promise<{ bytes: Buffer; headers: Record<string, string> } | undefined> {
  if (body === undefined) return undefined;
  if (body instanceof FormData) {
    const whole = new Response(body);
    const type = whole.headers.get('content-type') ?? '';
    return { bytes: Buffer.from(await whole.arrayBuffer()), headers: { 'content-type': type } };
  }
  const json = typeof body === 'string' ? body : JSON.stringify(body);
  return { bytes: Buffer.from(json), headers: { 'content-type': 'application/json' } };
}

/** Answers what it was asked, so that whoever gets the answer of another caller gets that caller's words. */
async function answer(request: IncomingMessage, response: ServerResponse, asked: World['asked']): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return;
  }
  const path = request.url ?? '';
  const text = Buffer.concat(chunks).toString('latin1');
  const body = /^application\/json/.test(request.headers['content-type'] ?? '') ? JSON.parse(text || '{}') : {};
  const model = body.model ?? /name="model"\r\n\r\n([^\r]*)/.exec(text)?.[1] ?? path;
  asked.push({ model: String(model), fields: Object.keys(body) });
  const json = (value: object) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const usage = { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 };
  const content = `echo ${JSON.stringify(body.messages ?? body.prompt ?? '')}`;
  if (path.endsWith('/embeddings')) return void json({ data: vectors(body.input), usage: { prompt_tokens: 5 } });
  if (path.includes('/images/')) return void json({ created: 1, data: [{ b64_json: PICTURE.toString('base64') }] });
  if (path.endsWith('/speech')) return void response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('sound');
  if (path.includes('/audio/')) return void json({ text: 'Hello.', usage: { seconds: 1 } });
  if (path.startsWith('/models/')) return void response.writeHead(200, { 'content-type': 'image/png' }).end(PICTURE);
  if (body.stream) return void stream(response, content, usage);
  json({
    choices: [{ index: 0, message: { role: 'assistant', content }, text: content, finish_reason: 'stop' }],
    usage,
  });
}

function stream(response: ServerResponse, content: string, usage: object): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of [
    { choices: [{ index: 0, delta: { content }, finish_reason: 'stop' }] },
    { choices: [], usage },
  ]) {
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

function vectors(input: unknown): object[] {
  const inputs = Array.isArray(input) ? input : [input];
  return inputs.map((one, index) => ({
    index,
    embedding: Array.from({ length: 16 }, (_, i) => ((JSON.stringify(one).length * (i + 3)) % 7) + 1),
  }));
}
