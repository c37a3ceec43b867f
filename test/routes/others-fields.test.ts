import { describe, expect, it } from 'vitest';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

/** Fields that clients of other APIs send, and paths that OpenAI's clients know. */

const messages = [{ role: 'user', content: 'hi' }];
const chat = { choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }] };
const HOST = 'https://llm.example.com';
const settings = { OPENAI_BASE_URL: `${HOST}/v1` };

describe('a JSON schema as the Hugging Face client for Python sends it', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  const response_format = { type: 'json_object', value: schema };

  it.each([
    ['/v1/chat/completions', { model: 'openai/m', messages, response_format }],
    ['/models/openai/m/v1/chat/completions', { messages, response_format: { type: 'json', value: schema } }],
    ['/v1/responses', { model: 'openai/m', input: 'hi', response_format }],
  ])('reaches the host as that of OpenAI: %s', async (path, json) => {
    const { requests } = serve({ [HOST]: () => Response.json(chat) });
    expect((await ask(path, { json, settings })).status).toBe(200);
    expect(await requests[0]?.json()).toEqual({
      ...{ model: 'm', messages },
      response_format: { type: 'json_schema', json_schema: { name: 'response', schema } },
    });
  });

  it('leaves a request for any JSON as it is', async () => {
    const { requests } = serve({ [HOST]: () => Response.json(chat) });
    const json = { model: 'openai/m', messages, response_format: { type: 'json_object' } };
    await ask('/v1/chat/completions', { json, settings });
    expect(await requests[0]?.json()).toEqual({ ...json, model: 'm' });
  });
});

describe('a moderation that blocks', () => {
  const blocks = { model: 'omni-moderation-latest', policy: { input: { mode: 'score' }, output: { mode: 'block' } } };

  it.each([
    ['/v1/chat/completions', { model: 'text', messages }],
    ['/v1/completions', { model: 'text', prompt: 'hi' }],
    ['/models/text/v1/chat/completions', { messages }],
    ['/v1/responses', { model: 'text', input: 'hi' }],
  ])('is refused, since no host is known to honour it: %s', async (path, json) => {
    serve({});
    const answer = await ask(path, { json: { ...json, moderation: blocks } });
    const error = path.startsWith('/models') ? ((await answer.json()) as object) : await errorOf(answer);
    expect(answer.status).toBe(400);
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: expect.stringMatching(/^moderation/) });
  });

  it('is forwarded if it only scores', async () => {
    const { requests } = serve({ [ORIGIN]: () => Response.json(chat) });
    const moderation = { model: 'm', policy: { input: { mode: 'score' } } };
    await ask('/v1/chat/completions', { json: { model: 'text', messages, moderation } });
    expect(await requests[0]?.json()).toMatchObject({ moderation });
  });
});

describe('embeddings of other numbers than floats', () => {
  it.each([
    ['output_dtype', 'int8'],
    ['embedding_type', 'binary'],
    ['embedding_types', ['float', 'ubinary']],
  ])('are refused, and the error has a detail: %s', async (field, value) => {
    serve({});
    const answer = await ask('/v1/embeddings', { json: { model: 'embed', input: 'a', [field]: value } });
    expect(answer.status).toBe(400);
    const { detail } = (await answer.clone().json()) as { detail: string };
    const { param, message } = await errorOf(answer);
    expect(param).toMatch(new RegExp(`^${field}`));
    expect(detail).toBe(message);
  });

  it('are answered if they are floats by any name', async () => {
    const data = [{ index: 0, embedding: [1, ...Array(95).fill(0)] }];
    serve({ [ORIGIN]: () => Response.json({ data, usage: { prompt_tokens: 1 } }) });
    const floats = { output_dtype: 'float', embedding_type: 'float', embedding_types: ['float'] };
    const answer = await ask('/v1/embeddings', { json: { model: 'embed', input: 'a', ...floats } });
    expect(answer.status).toBe(200);
  });
});

describe('a path of OpenAI that is not offered', () => {
  it.each([
    ['POST', '/v1/responses/compact', 'previous|summary'],
    ['GET', '/v1/chat/completions/chatcmpl-1', '/v1/runs'],
    ['POST', '/v1/files', 'stores no files'],
    ['GET', '/v1/vector_stores/vs_1/files', 'stores no files'],
    ['POST', '/v1/batches', 'background'],
    ['POST', '/v1/messages/batches', 'background'],
    ['POST', '/v1/conversations', 'previous_response_id'],
    ['POST', '/v1/images/variations', 'edits'],
    ['POST', '/v1/assistants', '/v1/responses'],
  ])('is 404, with a word about what to use instead: %s %s', async (method, path, word) => {
    serve({});
    const answer = await ask(path, { method, ...(method === 'POST' && { json: {} }) });
    expect(answer.status).toBe(404);
    const { code, message } = await errorOf(answer);
    expect(code).toBe('not_found');
    expect(message).toMatch(new RegExp(`^${path} is not offered\\. .*(${word})`));
    expect((await ask(path, { method, anonymous: true })).status).toBe(401);
  });
});

it.each(['/v1/responses', '/v1/chat/completions'])('a WebSocket at %s is refused at once', async (path) => {
  const headers = { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-version': '13' };
  const answer = await ask(path, { method: 'GET', headers });
  expect(answer.status).toBe(426);
  expect(await errorOf(answer)).toMatchObject({
    code: 'websocket_not_supported',
    message: expect.stringContaining('POST'),
  });
  expect((await ask(path, { method: 'GET', headers, anonymous: true })).status).toBe(401);
});

it("a host's words keep what only looks like a short secret", async () => {
  const error = { message: 'The maximum is 9 for abcd-12345.' };
  serve({ [HOST]: () => Response.json({ error }, { status: 400 }) });
  const say = async (OPENAI_API_KEY: string) =>
    (
      await errorOf(
        await ask('/v1/chat/completions', {
          json: { model: 'openai/m', messages },
          settings: { ...settings, OPENAI_API_KEY },
        }),
      )
    ).message;
  expect(await say('x')).toContain('The maximum is 9 for abcd-12345.');
  expect(await say('abcd-12345')).toContain('The maximum is 9 for ***.');
});
