import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { sign } from 'hono/jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MediaHost, sendJson, startMediaHost } from '../clients/media-host.ts';
import { type Gateway, LOCAL_KEY, startGateway } from '../support/gateway.ts';
import { listen, type Origin, startOrigin } from '../support/stack.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/**
 * Whatever a client posts, it can post again with the same `Idempotency-Key`: the same answer, and done once.
 */

let origin: Origin;
let media: MediaHost;
let receiver: Receiver;
let jwks: Origin;
let gateway: Gateway;
beforeAll(async () => {
  origin = await startOrigin();
  media = await startMediaHost();
  media.answer = (response, { path }) => {
    if (path.includes('speech')) response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('sound');
    else
      sendJson(
        response,
        path.includes('images')
          ? { created: 1, data: [{ b64_json: CAT }] }
          : { text: 'Hello.', results: [{ flagged: false, categories: {}, category_scores: {} }] },
      );
  };
  receiver = await startReceiver();
  jwks = await listen(createServer((_, response) => sendJson(response, { keys: [PUBLIC] })));
  gateway = await startGateway({
    INFERENCE_URL: origin.url,
    OPENAI_BASE_URL: `${media.url}/v1`,
    OPENAI_API_KEY: 'sk-host',
    WEBHOOK_LOOPBACK: 'true',
    APP_CHECK: JSON.stringify({ project_number: '123', apps: [APP], scopes: ['text'], jwks_url: jwks.url }),
  });
});
afterAll(async () => {
  await gateway?.stop();
  await jwks?.stop();
  await receiver?.stop();
  await media?.stop();
  await origin?.stop();
});

const APP = '1:123:ios:abc';
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PUBLIC = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' };
const SECRET = { ...pair.privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' };

const CAT = readFileSync(new URL('../fixtures/pictures/cat.png', import.meta.url)).toString('base64');
const messages = [{ role: 'user', content: 'The cat sat' }];
const short = { model: 'tiny-text', max_tokens: 4 };
const examples = ['cat', 'dog'].map((label) => ({ input: `a ${label}`, label }));
const model = 'openai/whisper-1';

function form(fields: Record<string, string>, name: string, type: string): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) data.set(field, value);
  data.set(name, new File([Buffer.from(CAT, 'base64')], name, { type }));
  return data;
}

/** A body of each route, and what its path and body are about. */
const BODIES: Readonly<Record<string, () => unknown>> = {
  '/v1/chat/completions': () => ({ ...short, messages }),
  '/v1/completions': () => ({ ...short, prompt: 'The cat sat' }),
  '/v1/responses': () => ({ model: 'tiny-text', input: 'The cat sat', max_output_tokens: 4 }),
  '/v1/responses/input_tokens': () => ({ model: 'tiny-text', input: 'The cat sat' }),
  '/v1/messages': () => ({ ...short, messages }),
  '/v1/messages/count_tokens': () => ({ model: 'tiny-text', messages }),
  '/v1/responses/{id}/cancel': () => undefined,
  '/v1/prompts/{name}': () => ({ variables: { text: 'The cat sat on the mat.' } }),
  '/v1/prompts/{name}/render': () => ({ variables: { text: 'The cat sat on the mat.' } }),
  '/v1/embeddings': () => ({ model: 'tiny-clip', input: 'a cat' }),
  '/v1/similarity': () => ({ model: 'tiny-clip', query: 'a cat', documents: ['a dog', 'a house'] }),
  '/v1/rerank': () => ({ model: 'tiny-clip', query: 'a cat', documents: ['a dog', 'a house'] }),
  '/v1/moderations': () => ({ model: 'openai/moderation', input: 'a cat' }),
  '/v1/classify': () => ({ model: 'tiny-clip', input: 'a cat', labels: ['cat', 'dog'] }),
  '/v1/classifiers': () => ({ name: 'animals', model: 'tiny-clip', examples }),
  '/v1/images/generations': () => ({ model: 'tiny-image', prompt: 'a red square' }),
  '/v1/images/edits': () =>
    form({ model: 'openai/gpt-image-2.6-sunburst', prompt: 'a red square' }, 'image', 'image/png'),
  '/v1/audio/transcriptions': () => form({ model }, 'file', 'audio/mpeg'),
  '/v1/audio/translations': () => form({ model }, 'file', 'audio/mpeg'),
  '/v1/audio/speech': () => ({ model: 'openai/tts-1', voice: 'alloy', input: 'Hello.' }),
  '/v1/client_secrets': () => ({}),
  '/v1/runs/{id}/cancel': () => undefined,
  '/v1/webhook_endpoints': () => ({ url: `${receiver.url}/new` }),
  '/v1/webhook_endpoints/{id}': () => ({ name: 'renamed' }),
  '/v1/webhook_endpoints/{id}/rotate_secret': () => ({}),
  '/v1/webhook_endpoints/{id}/test': () => ({}),
  '/v1/webhook_endpoints/{id}/deliveries/{event}/redeliver': () => undefined,
};
/** Its key is the id of the delivery. */
const OF_SENDERS = '/v1/hooks/{name}';

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const isForm = body instanceof FormData;
  // With the same boundary each time: two forms with the same fields are two bodies.
  const sent = isForm ? new Response(body) : undefined;
  const bytes = sent ? Buffer.from(await sent.arrayBuffer()) : body === undefined ? undefined : JSON.stringify(body);
  const type = sent?.headers.get('content-type') ?? 'application/json';
  const send = async () => {
    const answer = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${LOCAL_KEY}`, ...(bytes && { 'content-type': type }), ...headers },
      ...(bytes && { body: bytes }),
    });
    return { status: answer.status, headers: answer.headers, text: Buffer.from(await answer.arrayBuffer()).toString() };
  };
  return { ...(await send()), again: send };
}

const created = async (path: string, body: unknown, headers = {}) => JSON.parse((await post(path, body, headers)).text);

/** The path of something that exists. */
async function pathFor(route: string): Promise<string> {
  if (route.includes('/prompts/')) return route.replace('{name}', 'summarize');
  if (route.startsWith('/v1/webhook_endpoints/')) {
    const endpoint = await created('/v1/webhook_endpoints', { url: `${receiver.url}/hook` });
    const path = route.replace('{id}', endpoint.id);
    return path.includes('{event}') ? path.replace('{event}', await deliveryOf(endpoint.id)) : path;
  }
  if (route.startsWith('/v1/responses/{id}')) {
    const response = { model: 'tiny-text', input: 'The cat sat', max_output_tokens: 4, store: true };
    return route.replace('{id}', (await created('/v1/responses', response)).id);
  }
  const chat = { ...short, messages };
  const run = await created('/v1/chat/completions', chat, { prefer: 'respond-async' });
  return route.replace('{id}', run.id);
}

async function deliveryOf(endpoint: string): Promise<string> {
  await created('/v1/chat/completions', { ...short, messages }, { prefer: 'respond-async' });
  const authorization = `Bearer ${LOCAL_KEY}`;
  for (;;) {
    const url = `${gateway.url}/v1/webhook_endpoints/${endpoint}/deliveries`;
    const answer = await fetch(url, { headers: { authorization } });
    const { data } = (await answer.json()) as { data: { id: string }[] };
    if (data[0]) return data[0].id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('an Idempotency-Key', () => {
  it('is understood by each route with POST', async () => {
    const answer = await fetch(`${gateway.url}/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, { post?: object }> };
    const posts = Object.keys(paths).filter((path) => path.startsWith('/v1/') && paths[path]?.post);
    expect(posts.sort()).toEqual([...Object.keys(BODIES), OF_SENDERS].sort());
  });

  it.each(Object.keys(BODIES))('makes %s answer the same again', async (route) => {
    const path = route.includes('{') ? await pathFor(route) : route;
    const first = await post(path, BODIES[route]?.(), { 'idempotency-key': `key of ${route}` });
    expect(first.status, first.text).toBe(200);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const second = await first.again();
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('a repeated creation', () => {
  const list = async () => {
    const headers = { authorization: `Bearer ${LOCAL_KEY}` };
    const answer = await fetch(`${gateway.url}/v1/webhook_endpoints`, { headers });
    return ((await answer.json()) as { data: { url: string }[] }).data.map(({ url }) => url);
  };

  it('makes one endpoint, also of 20 requests at once, and tells its secret to each', async () => {
    const url = `${receiver.url}/once`;
    const body = JSON.stringify({ url });
    const headers = {
      authorization: `Bearer ${LOCAL_KEY}`,
      'content-type': 'application/json',
      'idempotency-key': 'once',
    };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        fetch(`${gateway.url}/v1/webhook_endpoints`, { method: 'POST', headers, body }).then((answer) => answer.text()),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0] as string).signing_secret).toMatch(/^whsec_/);
    expect((await list()).filter((one) => one === url)).toHaveLength(1);
  });

  it('is refused with another body, and done again after an error', async () => {
    const headers = { 'idempotency-key': 'changed' };
    const bad = await post('/v1/webhook_endpoints', { url: 'ftp://example.com' }, headers);
    expect(bad.status).toBe(400);
    const good = await post('/v1/webhook_endpoints', { url: `${receiver.url}/changed` }, headers);
    expect(good.status, good.text).toBe(200);
    const other = await post('/v1/webhook_endpoints', { url: `${receiver.url}/other` }, headers);
    expect([other.status, JSON.parse(other.text).error.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('ignores what only answers of models have: they can take long', async () => {
    const headers = {
      'idempotency-key': 'at once',
      prefer: 'respond-async',
      'x-cedalion-resume': 'true',
      'x-cedalion-webhook': 'no URL',
    };
    expect((await post('/v1/client_secrets', {}, headers)).status).toBe(200);
    const body = { background: true };
    const answer = await post('/v1/client_secrets', body, { 'idempotency-key': 'background' });
    expect([answer.status, JSON.parse(answer.text).error.param]).toEqual([400, 'background']);
  });

  it('is refused with `Cache-Control: no-store`, since the answer would be stored', async () => {
    const headers = { 'idempotency-key': 'not stored', 'cache-control': 'no-store' };
    const answer = await post('/v1/client_secrets', {}, headers);
    expect([answer.status, JSON.parse(answer.text).error.param]).toEqual([400, 'Cache-Control']);
  });

  it('is another one on each device of an app, whose clients all share one identity', async () => {
    const prove = (device: number) => {
      const iss = 'https://firebaseappcheck.googleapis.com/123';
      const exp = Math.floor(Date.now() / 1000) + 3_600;
      return sign({ iss, aud: ['projects/123'], sub: APP, exp, jti: device }, SECRET as never, 'RS256');
    };
    const send = async (proof: string) => {
      const headers = { 'x-firebase-appcheck': proof, 'content-type': 'application/json', 'idempotency-key': '1' };
      const answer = await fetch(`${gateway.url}/v1/client_secrets`, { method: 'POST', headers, body: '{}' });
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { value: string }).value;
    };
    const [one, two] = [await prove(1), await prove(2)];
    const first = await send(one);
    expect(await send(one)).toBe(first);
    expect(await send(two)).not.toBe(first);
  });
});
