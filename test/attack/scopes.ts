import { describe, expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../src/base/scopes.ts';
import { times } from '../support/soak.ts';
import { BODIES, formOf, pathOf } from './bodies.ts';
import { ROUTES } from './routes.ts';
import { some } from './some.ts';
import type { Sent, World } from './world.ts';

/**
 * Tokens with one scope, or for one model, try to get another one in every way in which a request can name
 * it.
 */

/** The scope of each route that asks a model. What asks none, or checks by itself, needs none. */
const SCOPE_OF: Readonly<Record<string, Scope>> = {
  'POST /v1/chat/completions': 'text',
  'POST /v1/completions': 'text',
  'POST /v1/responses': 'text',
  'POST /v1/messages': 'text',
  'POST /v1/messages/count_tokens': 'text',
  'POST /v1/responses/input_tokens': 'text',
  'POST /v1/prompts/{name}': 'text',
  'POST /models/{id}': 'text',
  'POST /v1/embeddings': 'embeddings',
  'POST /v1/similarity': 'embeddings',
  'POST /v1/classify': 'embeddings',
  'POST /v1/rerank': 'embeddings',
  'POST /v1/moderations': 'text',
  'POST /v1/images/generations': 'images',
  'POST /v1/images/edits': 'images',
  'POST /v1/audio/transcriptions': 'audio',
  'POST /v1/audio/translations': 'audio',
  'POST /v1/audio/speech': 'audio',
};
const NO_SCOPE =
  /classifiers|\/runs|webhook|\/hooks|client_secrets|\/render|\/responses\/\{|\/mcp$|\/v1\/cache$|\/v2\/|^POST \/rerank|\/usage/;

const HEADERS: readonly (readonly [how: string, headers: Record<string, string>])[] = [
  ['plainly', {}],
  ['with an idempotency key', { 'idempotency-key': 'k' }],
  ['in the background', { prefer: 'respond-async, wait=10' }],
  ['resumable', { 'x-cedalion-resume': 'true' }],
];

/** What a token for `openai/allowed` sends to reach `openai/other`. */
const OTHER = 'openai/other';
const ALLOWED = 'openai/allowed';
const messages = [{ role: 'user', content: 'hi' }];
const CHOOSING = [
  'models',
  'provider',
  'Providers',
  'MODEL',
  'fallbacks',
  'route',
  'engine',
  'preset',
  'extra_body',
  'api_base',
];

function ways(): (readonly [name: string, path: string, sent: Sent])[] {
  const chat = { model: ALLOWED, messages };
  const json = (name: string, path: string, body: unknown) => [name, path, { body }] as const;
  const tool = (name: string, args: object) => ({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name, arguments: args },
  });
  const mcp = { accept: 'application/json, text/event-stream' };
  const late = formOf({}, 'file');
  late.append('model', OTHER);
  const twice = formOf({ model: ALLOWED }, 'file');
  twice.append('model', OTHER);
  const picture = formOf({ prompt: 'hi', model: OTHER }, 'image');
  return [
    json('model', '/v1/chat/completions', { model: OTHER, messages }),
    json(
      'model twice',
      '/v1/chat/completions',
      `{"model":"${ALLOWED}","messages":[{"role":"user","content":"hi"}],"model":"${OTHER}"}`,
    ),
    json(
      'model by an escape',
      '/v1/chat/completions',
      `{"mod\\u0065l":"${OTHER}","messages":[{"role":"user","content":"hi"}]}`,
    ),
    json('an alias', '/v1/chat/completions', { model: 'text', messages }),
    json('the case of the model', '/v1/chat/completions', { model: 'OpenAI/other', messages }),
    json('the query string', `/v1/chat/completions?model=${OTHER}`, { model: OTHER, messages }),
    ...CHOOSING.map((field) => json(`the field ${field}`, '/v1/chat/completions', { ...chat, [field]: [OTHER] })),
    ...CHOOSING.map((field) =>
      json(`${field} at completions`, '/v1/completions', { model: ALLOWED, prompt: 'hi', [field]: OTHER }),
    ),
    ...CHOOSING.map((field) =>
      json(`${field} at responses`, '/v1/responses', { model: ALLOWED, input: 'hi', [field]: OTHER }),
    ),
    ...CHOOSING.map((field) =>
      json(`${field} at messages`, '/v1/messages', { ...chat, max_tokens: 9, [field]: [OTHER] }),
    ),
    json('a message', '/v1/messages', { model: OTHER, max_tokens: 9, messages }),
    json('a count of messages', '/v1/messages/count_tokens', { model: OTHER, messages }),
    json('a count of a response', '/v1/responses/input_tokens', { model: OTHER, input: 'hi' }),
    json('a prompt', '/v1/prompts/sentiment', { variables: { review: 'hi' } }),
    json('the model of a prompt', '/v1/prompts/sentiment', { variables: { review: 'hi' }, model: OTHER }),
    json('a prompt in a chat', '/v1/chat/completions', { prompt: { id: 'sentiment', variables: { review: 'hi' } } }),
    json('a prompt in a response', '/v1/responses', { prompt: { id: 'sentiment', variables: { review: 'hi' } } }),
    json('a response', '/v1/responses', { model: OTHER, input: 'hi' }),
    json('a stored response', '/v1/responses', { model: OTHER, input: 'hi', store: true }),
    json('a response in the background', '/v1/responses', { model: OTHER, input: 'hi', background: true }),
    json('the path of the hub', `/models/${OTHER}`, { inputs: 'hi' }),
    json('the path of the hub, with a model in the body', `/models/${OTHER}`, { inputs: 'hi', model: ALLOWED }),
    json('the path and a task', `/models/${OTHER}/pipeline/text-generation`, { inputs: 'hi' }),
    json('the path of the provider', `/hf-inference/models/${OTHER}`, { inputs: 'hi' }),
    json('a chat below a model', `/models/${OTHER}/v1/chat/completions`, chat),
    json('a path with an escape', `/models/${OTHER.replace('/', '%2F')}/v1/chat/completions`, chat),
    json('embeddings', '/v1/embeddings', { model: OTHER, input: 'hi' }),
    json('similarity', '/v1/similarity', { model: OTHER, query: 'hi', documents: ['a', 'b'] }),
    json('similarity by its default', '/v1/similarity', { query: 'hi', documents: ['a', 'b'] }),
    json('classes', '/v1/classify', { model: OTHER, input: 'hi', labels: ['a', 'b'] }),
    json('rerank', '/v1/rerank', { model: OTHER, query: 'hi', documents: ['a', 'b'] }),
    json('Cohere’s rerank', '/v2/rerank', { model: OTHER, query: 'hi', documents: ['a', 'b'] }),
    json('a moderation', '/v1/moderations', { model: OTHER, input: 'hi' }),
    json('pictures by their default', '/v1/images/generations', { prompt: 'hi' }),
    json('pictures', '/v1/images/generations', { model: 'tiny-image', prompt: 'hi' }),
    ['the form of an edit', '/v1/images/edits', { body: picture }],
    ['a form', '/v1/audio/transcriptions', { body: formOf({ model: OTHER }, 'file') }],
    ['a form with the model last', '/v1/audio/transcriptions', { body: late }],
    ['a form with two models', '/v1/audio/transcriptions', { body: twice }],
    json('speech', '/v1/audio/speech', { model: OTHER, voice: 'alloy', input: 'hi' }),
    ['a tool', '/mcp', { body: tool('chat', { prompt: 'hi', model: OTHER }), headers: mcp }],
    ['a tool by its default', '/mcp', { body: tool('chat', { prompt: 'hi' }), headers: mcp }],
    ['a picture by a tool', '/mcp', { body: tool('generate_image', { prompt: 'hi' }), headers: mcp }],
    ['vectors by a tool', '/mcp', { body: tool('embed', { input: ['hi'], model: OTHER }), headers: mcp }],
  ];
}

export function attackScopes(worldOf: () => World): void {
  describe('scopes and models', () => {
    it('has a scope for each route of /openapi.json that asks a model', () => {
      const posts = ROUTES.filter((route) => route.startsWith('POST ') && !NO_SCOPE.test(route));
      expect(Object.keys(SCOPE_OF).toSorted()).toEqual(posts.toSorted());
    });

    it('holds for tokens with one scope on every route, however it is asked', async () => {
      const world = worldOf();
      const key = await world.createKey({ id: 'scoped' });
      let checks = 0;
      for (const scope of SCOPES) {
        const token = await world.createToken(key, { scopes: [scope], subject: scope });
        for (const [route, needed] of Object.entries(SCOPE_OF)) {
          if (needed === scope) continue;
          for (const [how, headers] of some(HEADERS, 8)) {
            const before = world.asked.length;
            const answer = await world.send(token, pathOf(route), { body: BODIES[route]?.(), headers });
            expect([scope, route, how, answer.status]).toEqual([scope, route, how, 403]);
            expect(world.asked.length).toBe(before);
            checks++;
          }
        }
      }
      console.info(`scopes: ${checks} attempts`);
      expect(checks).toBeGreaterThan(times(8, 150));
    }, 60_000);

    it('holds for a token for one model, however it names another one', async () => {
      const world = worldOf();
      const key = await world.createKey({ id: 'one-model' });
      const token = await world.createToken(key, { models: [ALLOWED], subject: 'model' });
      let checks = 0;
      for (const [name, path, sent] of ways()) {
        for (const [how, headers] of some(path === '/mcp' ? HEADERS.slice(0, 2) : HEADERS, 8)) {
          const from = world.asked.length;
          await world.send(token, path, { ...sent, headers: { ...sent.headers, ...headers } });
          const asked = world.asked.slice(from);
          const models = asked.map(({ model }) => model);
          // Hosts get names without the prefix of the host.
          expect([name, how, models.filter((model) => model !== 'allowed')]).toEqual([name, how, []]);
          // Nor fields by which a host would choose another one.
          const choosing = asked.flatMap(({ fields }) => fields).filter((field) => CHOOSING.includes(field));
          expect([name, how, choosing]).toEqual([name, how, []]);
          checks++;
        }
      }
      const own = await world.send(token, '/v1/chat/completions', { body: { model: ALLOWED, messages } });
      expect(own.status).toBe(200);
      console.info(`models: ${checks} attempts`);
      expect(checks).toBeGreaterThan(times(15, 200));
    }, 60_000);
  });
}
