import { describe, expect, it } from 'vitest';
import document from '../../playground/openapi.json';
import { ClipHost } from '../support/clip-host.ts';
import { PNG } from '../support/pictures.ts';
import { ask, ORIGIN, serve } from '../support/worker.ts';

/** Every optional field that /openapi.json names is null: the answer is that to a request without it. */

const HOST = 'https://llm.example.com/v1';
const settings = { OPENAI_BASE_URL: HOST, OPENAI_API_KEY: 'sk-of-the-host', TOKEN_SECRETS: `new:${'x'.repeat(43)}` };
const messages = [{ role: 'user', content: 'hi' }];
const picture = `data:image/png;base64,${PNG.toBase64()}`;

/** The smallest body of each route, and further members of objects within it. */
const BODIES: Readonly<Record<string, object>> = {
  '/v1/chat/completions': { model: 'openai/m', messages },
  '/v1/completions': { model: 'openai/m', prompt: 'hi' },
  '/v1/responses': { model: 'openai/m', input: 'hi' },
  '/v1/responses/input_tokens': { model: 'openai/m', input: 'hi' },
  '/v1/messages': { model: 'openai/m', max_tokens: 9, messages },
  '/v1/messages/count_tokens': { model: 'openai/m', messages },
  '/v1/embeddings': { model: 'tiny-clip', input: 'a' },
  '/v1/similarity': { model: 'tiny-clip', query: 'a', documents: ['b'] },
  '/v1/rerank': { model: 'tiny-clip', query: 'a', documents: ['b'] },
  '/v1/moderations': { model: 'openai/moderation', input: 'a' },
  '/v1/classify': { model: 'tiny-clip', input: 'a', labels: ['b', 'c'] },
  '/v1/classifiers': {
    examples: [
      { input: 'a', label: 'x' },
      { input: 'b', label: 'y' },
    ],
  },
  '/v1/images/generations': { model: 'openai/m', prompt: 'a' },
  '/v1/images/edits': { model: 'openai/m', prompt: 'a', images: [{ image_url: picture }] },
  '/v1/audio/speech': { model: 'openai/m', input: 'hi', voice: 'alloy' },
  '/v1/prompts/{name}': { variables: { text: 'hi', language: 'French' } },
  '/v1/prompts/{name}/render': { variables: { text: 'hi', language: 'French' } },
  '/v1/client_secrets': {},
  '/v1/webhook_endpoints': { url: 'https://app.example.com/hook' },
  '/models/{id}': { inputs: 'hi' },
};
/** Bodies of others, and those of endpoints that must exist. */
const OTHERS = /^\/(mcp|v1\/hooks|v1\/webhook_endpoints\/\{id\})/;

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}
const schemas = document.components.schemas as Readonly<Record<string, Schema>>;
const fieldsOf = (schema: Schema): string[] => {
  const own = schema.$ref ? schemas[schema.$ref.split('/').at(-1) ?? ''] : schema;
  return Object.keys(own?.properties ?? {});
};
type Posts = Record<string, { post?: { requestBody?: { content: Record<string, { schema: Schema }> } } }>;
const routes = Object.entries(document.paths as unknown as Posts).flatMap(([path, { post }]) => {
  const schema = post?.requestBody?.content['application/json']?.schema;
  return schema && !OTHERS.test(path) ? [{ path, fields: fieldsOf(schema) }] : [];
});

const answer = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, text: 'ok', finish_reason: 'stop' }],
  data: [{ b64_json: PNG.toBase64() }],
  results: [{ flagged: false, categories: {}, category_scores: {} }],
};

describe('optional fields that are null', () => {
  it.each(routes)('are not given at $path', async ({ path, fields }) => {
    const host = new ClipHost();
    serve({
      [ORIGIN]: (request) => (request.url.endsWith('/embeddings') ? host.answer(request) : Response.json(answer)),
      [HOST]: (request) =>
        request.url.endsWith('/speech')
          ? new Response('sound', { headers: { 'content-type': 'audio/mpeg' } })
          : Response.json(answer),
    });
    const body = BODIES[path];
    expect(body, `a body for ${path}`).toBeDefined();
    expect(fields.length).toBeGreaterThan(0);
    const nulls = Object.fromEntries(fields.map((field) => [field, null]));
    const url = path.replace('{name}', 'translate').replace('{id}', 'text');
    const plain = await ask(url, { json: body, settings });
    const withNulls = await ask(url, { json: { ...nulls, ...body }, settings });
    expect([plain.status, withNulls.status], await withNulls.clone().text()).toEqual([plain.status, plain.status]);
    expect(plain.status).toBeLessThan(300);
    await Promise.all([plain.body?.cancel(), withNulls.body?.cancel()]);
  });
});
