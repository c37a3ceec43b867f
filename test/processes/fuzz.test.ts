import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, LOCAL_KEY, startGateway } from '../support/gateway.ts';
import { PNG } from '../support/pictures.ts';
import { randomFrom } from '../support/random.ts';
import { times } from '../support/soak.ts';
import { type StubOrigin, startStubOrigin } from '../support/stub-origin.ts';

/**
 * Sends invalid requests, derived from valid ones with a fixed seed, to the Worker as it is deployed.
 * Each must get an answer in time, and every error must have the error body.
 */

const REQUESTS = times(200, 10_000);
const CONCURRENT = 16;
const LIMIT_MS = 10_000;

const BASE64 = Buffer.from(PNG).toString('base64');
const picture = { image: BASE64 };
const GOOD: readonly [path: string, body: Record<string, unknown>][] = [
  [
    '/v1/chat/completions',
    { model: 'text', messages: [{ role: 'user', content: 'hi' }], max_tokens: 3, stream: false },
  ],
  [
    '/v1/chat/completions',
    { model: 'text', messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], stream: true },
  ],
  [
    '/v1/messages',
    {
      ...{ model: 'text', max_tokens: 3, stream: true, system: [{ type: 'text', text: 'a' }], stop_sequences: ['b'] },
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: BASE64 } }],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: { b: 1 } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'c' }] }] },
      ],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    },
  ],
  ['/v1/messages/count_tokens', { model: 'text', messages: [{ role: 'user', content: 'hi' }] }],
  ['/v1/completions', { model: 'text', prompt: ['a', 'b'], max_tokens: 3, echo: true, stop: ['x'] }],
  ['/v1/embeddings', { model: 'clip', input: ['a', { text: 'b' }, picture], encoding_format: 'base64' }],
  ['/v1/similarity', { model: 'clip', query: ['a', picture], documents: ['b', { type: 'text', text: 'c' }], top_n: 1 }],
  ['/v1/classify', { input: picture, labels: ['a', { label: 'b', prompts: ['c'] }], multi_label: false, top_k: 1 }],
  [
    '/v1/rerank',
    { model: 'clip', query: 'a', documents: ['b', picture, { title: 'c' }], rank_fields: ['title'], top_n: 1 },
  ],
  ['/models/clip', { inputs: ['a', 'b'], normalize: true, dimensions: 96 }],
  ['/models/clip', { inputs: { source_sentence: 'a', sentences: ['b', 'c'] } }],
  ['/models/clip', { inputs: BASE64, parameters: { candidate_labels: ['a', 'b'], hypothesis_template: 'a {}' } }],
  ['/models/image', { inputs: 'a', parameters: { width: 64, height: 64, seed: 1 } }],
  ['/models/text', { inputs: 'a', parameters: { max_new_tokens: 3, stop: ['x'], details: true }, stream: true }],
  ['/models/text/pipeline/summarization', { inputs: 'a', parameters: { generate_parameters: { max_new_tokens: 3 } } }],
  ['/models/text', { inputs: 'a', parameters: { src_lang: 'en', tgt_lang: 'fr' } }],
  ['/models/text/v1/chat/completions', { model: 'x', messages: [{ role: 'user', content: 'hi' }] }],
  ['/v1/images/generations', { prompt: 'x', n: 1, size: '64x64', seed: 1, response_format: 'b64_json' }],
];
const BAD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  ' ',
  'x'.repeat(5_000),
  '\u0000',
  '\ud800',
  '💥',
  [],
  {},
  [[[]]],
  [null],
  [''],
  { a: 1 },
  'data:image/png;base64,',
  'https://127.0.0.1/',
  'http://example.com',
  'attach://nothing',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  { __proto__: null, toString: 1 },
  { image: 'AAAA' },
  { image: BASE64.slice(0, 30) },
  { type: 'image_url' },
  { type: 'image_url', image_url: { url: 'javascript:1' } },
  Array(3000).fill('x'),
  Number.MAX_SAFE_INTEGER,
];
const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'image/png',
  'image/',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  '',
  'application/json,text/html',
  'application/x-www-form-urlencoded',
];
const PATHS = [
  '/v1',
  '/v1/',
  '/v1/chat',
  '/v1//chat/completions',
  '/v1/models/%',
  '/v1/models/%2e%2e',
  '/v1/models/__proto__',
  '/v1/models/a%00b',
  '/v1/embeddings/x',
  '/%',
  '/v1/models/💥',
  '/models/%',
  '/models/clip/pipeline/',
  '/models/clip/pipeline/x/y',
  '/models/a%00b/pipeline/translation',
  '/v1/unknown?x=1',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];
const KEYS = [
  `Bearer ${LOCAL_KEY}`,
  'Bearer',
  'Bearer x',
  `bearer  ${LOCAL_KEY}`,
  '',
  'Basic eDp5',
  `Bearer ${'k'.repeat(4_000)}`,
];

interface Fuzzed {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
}

function make(random: () => number): Fuzzed {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const [path, good] = pick(GOOD);
  const headers: Record<string, string> = { authorization: KEYS[0] ?? '', 'content-type': 'application/json' };
  const json = JSON.stringify(mutate(good, random, pick));
  const request: Fuzzed = { path, method: 'POST', headers, body: json };
  const way = random();
  if (way < 0.6) return request;
  if (way < 0.75) return { ...request, body: spoil(JSON.stringify(good), random, pick) };
  if (way < 0.85)
    return {
      ...request,
      headers: { ...headers, 'content-type': pick(CONTENT_TYPES) },
      body: pick([json, PNG, '', '--x\r\n']),
    };
  if (way < 0.9)
    return {
      ...request,
      headers: { ...headers, authorization: pick(KEYS), accept: pick(['image/*', 'text/html', '*/*']) },
    };
  const method = pick(METHODS);
  return { path: pick([...PATHS, path]), method, headers, body: method === 'GET' || method === 'HEAD' ? null : json };
}

/** Replaces, removes or adds something at a random position of a JSON value. */
function mutate(value: unknown, random: () => number, pick: <T>(list: readonly T[]) => T): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.25) return pick(BAD_VALUES);
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length);
    return value.map((entry, i) => (i === at ? mutate(entry, random, pick) : entry));
  }
  const key = pick(Object.keys(value));
  const copy: Record<string, unknown> = { ...value };
  if (random() < 0.15) delete copy[key];
  else copy[random() < 0.1 ? `${key}_more` : key] = mutate(copy[key], random, pick);
  return copy;
}

/** Cuts, doubles or overwrites bytes of a JSON text. */
function spoil(text: string, random: () => number, pick: <T>(list: readonly T[]) => T): string | Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const at = Math.floor(random() * bytes.length);
  const way = random();
  if (way < 0.3) return bytes.slice(0, at);
  if (way < 0.5)
    return text.slice(0, at) + pick(['{', '}', '[', ']', ',', '"', '\\', '\n', '01', 'nul']) + text.slice(at);
  if (way < 0.6) return text + text;
  bytes[at] = Math.floor(random() * 256);
  return bytes;
}

describe('invalid requests', () => {
  let gateway: Gateway;
  let origin: StubOrigin;
  beforeAll(async () => {
    origin = await startStubOrigin();
    gateway = await startGateway({ INFERENCE_URL: origin.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await origin.stop();
  });

  it(`each get an answer, errors have the error body, and none is a 500, in ${REQUESTS} requests`, {
    timeout: 60_000 + REQUESTS * 50,
  }, async () => {
    const random = randomFrom(20_261_123);
    const requests = Array.from({ length: REQUESTS }, () => make(random));
    const statuses = new Map<number, number>();
    const next = requests.entries();
    const work = async () => {
      for (const [i, { path, method, headers, body }] of next) {
        const answer = await fetch(gateway.url + path, {
          method,
          headers,
          body,
          signal: AbortSignal.timeout(LIMIT_MS),
        });
        const text = await answer.text();
        const what = `request ${i}: ${method} ${path} ${String(body).slice(0, 300)} -> ${answer.status} ${text.slice(0, 300)}`;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (answer.status >= 500) throw new Error(what);
        if (answer.status < 400 || method === 'HEAD') continue;
        if (!answer.headers.get('x-request-id')?.startsWith('req_')) throw new Error(`no request id: ${what}`);
        if (!answer.headers.get('content-type')?.startsWith('application/json')) throw new Error(`no JSON: ${what}`);
        const failure = JSON.parse(text);
        // Hugging Face's clients read another shape.
        const isText = typeof failure.error === 'string';
        const shape = Object.keys(isText ? failure : failure.error).sort();
        const message = isText ? failure.error : failure.error.message;
        if (shape.join() !== (isText ? 'code,error,error_type,param' : 'code,message,param,type') || !message)
          throw new Error(`other shape: ${what}`);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT }, work));
    console.info(
      [...statuses]
        .sort()
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
    );
    expect(statuses.get(400)).toBeGreaterThan(REQUESTS / 4);
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  });
});
