import { describe, expect, it } from 'vitest';
import { ask, errorOf, eventStream, serve } from '../support/worker.ts';

/** What the statuses and the words of real hosts stand for. */

const HOST = 'https://llm.example.com/v1';
const settings = { OPENAI_BASE_URL: HOST };
const json = { model: 'openai/m', messages: [{ role: 'user', content: 'hi' }] };

/** What a caller gets whose host answers with an error. */
async function failed(status: number, body: unknown, headers: Record<string, string> = {}) {
  const { requests } = serve({ [HOST]: () => Response.json(body, { status, headers }) });
  const answer = await ask('/v1/chat/completions', { json, settings });
  const error = await errorOf(answer);
  return {
    status: answer.status,
    ...error,
    requests: requests.length,
    retry: answer.headers.get('x-should-retry'),
    answer,
  };
}

const error = (message: string, more: object = {}) => ({ error: { message, ...more } });

describe('a host that answers with 403 or 429', () => {
  it.each([
    ['One API', 403, error('user quota is not enough', { code: 'insufficient_user_quota', type: 'new_api_error' })],
    ['OpenRouter', 403, error('Key limit exceeded (total limit). Manage it using your dashboard', { code: 403 })],
    ['a host that only names the type', 429, error('You exceeded it', { type: 'insufficient_quota', code: null })],
    ['OpenAI', 429, error('You exceeded it', { type: 'insufficient_quota', code: 'insufficient_quota' })],
    ['Moonshot', 429, error('Your account is suspended', { type: 'exceeded_current_quota_error' })],
  ])('because the account has no credit left (%s) is not asked again, by an SDK neither', async (_, status, body) => {
    expect(await failed(status, body)).toMatchObject({
      status: 429,
      code: 'insufficient_quota',
      message: expect.stringContaining(body.error.message),
      retry: 'false',
      requests: 1,
    });
  });

  it.each([
    [
      'moderation',
      error('Your chosen model requires moderation and your input was flagged for "violence"', { code: 403 }),
    ],
    [
      'the region',
      error('Country, region, or territory not supported', { code: 'unsupported_country_region_territory' }),
    ],
    ['a policy', error('Content policy: not allowed')],
  ])('because of %s rejects the request with its own words', async (_, body) => {
    expect(await failed(403, body)).toMatchObject({
      status: 403,
      type: 'invalid_request_error',
      message: expect.stringContaining(body.error.message),
      requests: 1,
    });
  });

  it.each([401, 403])('because of the credential (%d) does not show it, and is not asked again', async (status) => {
    const outcome = await failed(status, error('Incorrect API key provided: sk-ab***'));
    expect(outcome).toMatchObject({ status: 502, code: 'upstream_unauthorized', retry: 'false', requests: 1 });
    expect(outcome.message).not.toContain('sk-ab');
  });
});

describe('a failure for good', () => {
  it.each([
    [
      'a picture without a projector',
      500,
      'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
    ],
    [
      'an input that is too long',
      500,
      'input (602 tokens) is too large to process. increase the physical batch size (current batch size: 512)',
    ],
    ['the wrong kind of model', 500, 'the current context does not support logits computation. skipping'],
    [
      'broken arguments',
      500,
      'Failed to parse tool call arguments as JSON: [json.exception.parse_error.101] parse error',
    ],
    ['no embeddings', 501, 'This server does not support embeddings. Start it with `--embeddings`'],
  ])('that llama.cpp reports as its own (%s) is the answer at once', async (_, status, message) => {
    expect(await failed(status, error(message, { code: status, type: 'server_error' }))).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(message),
      retry: 'false',
      requests: 1,
    });
  });

  it('of an item of the request, which is named as the caller calls it, is not repeated by SDKs either', async () => {
    serve({ [HOST]: () => Response.json(error('too large to process', { param: 'input[0]' }), { status: 500 }) });
    const answer = await ask('/v1/similarity', {
      json: { model: 'openai/m', query: 'a', documents: ['b'] },
      settings,
    });
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([400, 'false']);
    expect((await errorOf(answer)).param).toBe('query');
  });

  it('with status 501 is one without words, too', async () => {
    expect(await failed(501, {})).toMatchObject({
      status: 400,
      code: 'upstream_rejected',
      requests: 1,
      retry: 'false',
    });
  });
});

it.each([
  [
    'llama.cpp',
    error('request (3019 tokens) exceeds the available context size (1024 tokens), try increasing it', {
      code: 400,
      type: 'exceed_context_size_error',
      n_prompt_tokens: 3019,
      n_ctx: 1024,
    }),
  ],
  [
    'vLLM',
    {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
  ],
])('a prompt that is longer than the context of %s is `context_length_exceeded`, with the numbers', async (_, body) => {
  const { code, message, status } = await failed(400, body);
  expect({ code, status }).toEqual({ code: 'context_length_exceeded', status: 400 });
  expect(message).toMatch(/\d{4} tokens/);
});

it.each(["model 'x' not found", 'model "x" not found, try pulling it first', 'The model `x` does not exist'])(
  'an unknown model (%s) is missing at the host, also with 400',
  async (message) => {
    expect(await failed(400, error(message, { code: 400 }))).toMatchObject({ code: 'upstream_model_missing' });
  },
);

describe('a host that asks to wait', () => {
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '36s' };
  it.each([
    ['retry-after-ms', {}, { 'retry-after-ms': '35400' }],
    ['retry-after-ms, which is the more exact one', {}, { 'retry-after-ms': '35400', 'retry-after': '90' }],
    ['the details of the error', error('Quota', { code: 429, details: [{ reason: 'X' }, retryInfo] }), {}],
  ])('by %s is asked once, and the wait is passed on', async (_, body, headers) => {
    const { answer, requests } = await failed(429, body, headers);
    expect(answer.headers.get('retry-after')).toBe('36');
    expect(requests).toBe(1);
  });

  it.each(['soon', '-5s', '36', '1e9s', null])(
    'with a delay that is none (%s) is asked again as usual',
    async (retryDelay) => {
      const { answer, requests } = await failed(429, error('Quota', { details: [{ retryDelay }] }));
      expect(answer.headers.get('retry-after')).toBeNull();
      expect(requests).toBe(3);
    },
  );

  it('in the first event of a stream, too', async () => {
    serve({ [HOST]: () => eventStream([error('Quota', { code: 429, details: [retryInfo] })]) });
    const answer = await ask('/v1/chat/completions', { json: { ...json, stream: true }, settings });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '36']);
  });
});
