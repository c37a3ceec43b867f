import { InferenceClient } from '@huggingface/inference';
import { describe, expect, it, vi } from 'vitest';
import { openaiHost, origin } from '../../../../src/call/hosts.ts';
import * as huggingface from '../../../../src/hosts/providers/huggingface.ts';
import * as openai from '../../../../src/hosts/providers/openai.ts';
import { ForwardedBody } from '../../../../src/intake/forwarded.ts';
import { callFor } from '../../../support/call.ts';
import { eventStream, ORIGIN, serve } from '../../../support/worker.ts';

/** The contract of every target that generates text. */

const settings = {
  HF_TOKEN: 'hf_x',
  INFERENCE_URL: ORIGIN,
  OPENAI_BASE_URL: 'https://llm.example.com/v1',
  OPENAI_API_KEY: 'sk-up',
};
const messages = [{ role: 'user', content: 'hi' }];
const whole = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'hello',
        tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      finish_reason: 'tool_calls',
    },
  ],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};

const CASES = [
  {
    name: 'an OpenAI-compatible host',
    target: openai.text(openaiHost, 'm'),
    url: 'https://llm.example.com/v1/chat/completions',
    token: 'sk-up',
  },
  {
    name: 'the origin',
    target: openai.text(origin, 'm', '/v1'),
    url: `${ORIGIN}/v1/chat/completions`,
    token: undefined,
  },
  {
    name: 'Hugging Face’s router',
    target: huggingface.chat('m'),
    url: 'https://router.huggingface.co/v1/chat/completions',
    token: 'hf_x',
  },
];

describe.each(CASES)('text from $name', ({ target, url, token }) => {
  it('is passed on as the host’s own bytes, and its usage is reported', async () => {
    const { requests } = serve({ [url]: () => Response.json(whole) });
    const call = callFor('text-generation', settings);
    const answer = await target.chat({ body: { model: 'alias', messages, tools: [] } }, call);
    expect(await answer.text()).toBe(JSON.stringify(whole));
    expect(call.outcome).toMatchObject({ tokens: { prompt: 3, completion: 2 }, attempts: 1 });
    expect(call.report).toMatchObject({ finishReason: 'tool_calls' });
    expect(await requests[0]?.json()).toEqual({ model: 'm', messages, tools: [] });
    expect(requests[0]?.headers.get('authorization')).toBe(token === undefined ? null : `Bearer ${token}`);
  });

  it('is passed on as a stream, and its usage is reported from the tail', async () => {
    const events = [
      { choices: [{ index: 0, delta: { content: 'hé' }, finish_reason: null }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'length' }] },
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } },
      '[DONE]',
    ];
    serve({ [url]: () => eventStream(events) });
    const call = callFor('text-generation', settings);
    const answer = await target.chat({ body: { messages, stream: true } }, call);
    expect(await answer.text()).toBe(await eventStream(events).text());
    await call.outcome.bodyDone;
    expect(call.outcome).toMatchObject({ tokens: { prompt: 3, completion: 1 } });
    expect(call.report).toMatchObject({ finishReason: 'length' });
    expect(call.outcome.error).toBeUndefined();
  });

  it('passes on the host’s code and parameter if the host rejects the request', async () => {
    const error = { message: 'too long', code: 'context_length_exceeded', param: 'messages', type: 'x' };
    serve({ [url]: () => Response.json({ error }, { status: 400 }) });
    const failed = await target
      .chat({ body: { messages } }, callFor('text-generation', settings))
      .catch((error) => error);
    expect(failed).toMatchObject({ code: 'upstream_rejected', status: 400 });
    expect(failed.body.error).toEqual({
      message: expect.stringContaining('too long'),
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
      param: 'messages',
    });
  });

  it.each([
    ['vLLM', { error: { object: 'error', message: 'too long', type: 'BadRequestError', param: null, code: 400 } }, 400],
    ['TGI', { error: { message: 'too long', http_status_code: 422 } }, 422],
    ['an old TGI', { error: 'too long', error_type: 'validation' }, 400],
    ['OpenAI', { error: { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' } }, 400],
  ])('answers with the rejection in the first event of %s, and does not retry', async (_, event, status) => {
    const { requests } = serve({ [url]: () => eventStream([event]) });
    const asked = target.chat({ body: { messages, stream: true } }, callFor('text-generation', settings));
    await expect(asked).rejects.toMatchObject({
      code: 'upstream_rejected',
      status,
      message: expect.stringContaining('too long'),
    });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['a provider behind the router', { error: 'Model not supported by provider together' }],
    [
      'the router',
      {
        error: {
          message: "The requested model 'org/m' is not supported by any provider you have enabled.",
          code: 'model_not_supported',
          type: 'invalid_request_error',
          param: 'model',
        },
      },
    ],
    ['Groq', { error: { message: 'The model `m` is gone.', code: 'model_decommissioned' } }],
  ])('can come from another host if %s says with 400 that it lacks the model', async (_, body) => {
    serve({ [url]: () => Response.json(body, { status: 400 }) });
    const asked = target.chat({ body: { messages } }, callFor('text-generation', settings));
    await expect(asked).rejects.toMatchObject({ code: 'upstream_model_missing', handling: { movesOn: true } });
  });

  const detail = [{ type: 'extra_forbidden', loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted', input: 3 }];
  it.each([
    ['FastAPI', { detail }],
    ['Mistral', { object: 'error', message: { detail }, type: 'invalid_request_error', param: null }],
    ['SGLang', { object: 'error', message: 'Extra inputs are not permitted', param: 'top_k', code: 400 }],
  ])('passes on what %s says about a field', async (_, body) => {
    serve({ [url]: () => Response.json(body, { status: 422 }) });
    const asked = target.chat({ body: { messages, top_k: 3 } }, callFor('text-generation', settings));
    await expect(asked).rejects.toMatchObject({
      code: 'upstream_rejected',
      message: expect.stringContaining('Extra inputs are not permitted'),
      param: 'top_k',
    });
  });

  it('has failed if its stream has no event before `[DONE]`', async () => {
    serve({ [url]: () => eventStream(['[DONE]']) });
    const asked = target.chat({ body: { messages, stream: true } }, callFor('text-generation', settings));
    await expect(asked).rejects.toMatchObject({ code: 'upstream_stream_cut' });
  });

  it('is requested again after a first event that reports a failure of the host', async () => {
    const events = ['{"error":{"message":"out of memory"}}', '[DONE]'];
    let asked = 0;
    vi.spyOn(Math, 'random').mockReturnValue(0);
    serve({ [url]: () => (asked++ === 0 ? eventStream(events) : eventStream(['{"choices":[]}', '[DONE]'])) });
    const answer = await target.chat({ body: { messages, stream: true } }, callFor('text-generation', settings));
    expect(await answer.text()).toContain('choices');
  });

  it.each([
    [400, 'upstream_rejected'],
    [401, 'upstream_unauthorized'],
    [404, 'upstream_model_missing'],
    [410, 'upstream_model_missing'],
    [422, 'upstream_rejected'],
    [424, 'upstream_error'],
    [500, 'upstream_error'],
    [503, 'upstream_overloaded'],
  ])('fails with the same code for status %d', async (status, code) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    serve({ [url]: () => Response.json({ error: { message: 'no' } }, { status }) });
    await expect(target.chat({ body: { messages } }, callFor('text-generation', settings))).rejects.toMatchObject({
      code,
    });
  });
});

it('a stream does without `stream_options` at a host that rejects them, as Mistral does', async () => {
  const message = {
    detail: [{ loc: ['body', 'stream_options', 'include_usage'], msg: 'Extra inputs are not permitted' }],
  };
  let asked = 0;
  const { requests } = serve({
    'https://llm.example.com/v1/': () =>
      asked++ === 0 ? Response.json({ message }, { status: 422 }) : eventStream(['{"choices":[]}', '[DONE]']),
  });
  const body = { messages, stream: true, stream_options: { include_usage: true } };
  const answer = await openai.text(openaiHost, 'm').chat({ body }, callFor('text-generation', settings));
  expect(await answer.text()).toContain('choices');
  expect(await Promise.all(requests.map((request) => request.json()))).toEqual([
    { model: 'm', ...body },
    { model: 'm', messages, stream: true },
  ]);
});

it.each([
  ['gpt-5-mini', { max_tokens: 9 }, { max_completion_tokens: 9 }],
  ['o3', { max_tokens: 9, max_completion_tokens: 7 }, { max_completion_tokens: 7 }],
  ['o3', { max_tokens: 9, max_completion_tokens: null }, { max_completion_tokens: 9 }],
  ['gpt-5', { max_tokens: null }, { max_tokens: null }],
  ['gpt-oss-120b', { max_tokens: 9 }, { max_tokens: 9 }],
])('the limit of tokens has the name that %s takes: %o', async (model, limits, sent) => {
  const { requests } = serve({ 'https://llm.example.com/v1/': () => Response.json(whole) });
  const body = { messages, ...limits };
  const json = JSON.stringify({ model: 'alias', ...body });
  const forwarded = new ForwardedBody(new TextEncoder().encode(json), json);
  await openai.text(openaiHost, model).chat({ body, forwarded }, callFor('text-generation', settings));
  expect(await requests[0]?.json()).toEqual({ model, messages, ...sent });
});

it('is sent to the router as @huggingface/inference sends it', async () => {
  const { requests } = serve({ 'https://router.huggingface.co/': () => Response.json(whole) });
  await huggingface.chat('org/model:fastest').chat({ body: { messages } }, callFor('text-generation', settings));
  vi.restoreAllMocks();
  let theirs: Request | undefined;
  const capture = async (input: RequestInfo | URL, init?: RequestInit) => {
    theirs = new Request(String(input), init);
    throw new Error('captured');
  };
  const asking = new InferenceClient('hf_x').chatCompletion(
    { model: 'org/model:fastest', messages: [{ role: 'user', content: 'hi' }] },
    { fetch: capture as typeof fetch, retry_on_error: false },
  );
  await expect(asking).rejects.toThrow();
  expect(requests[0]?.url).toBe(theirs?.url);
  expect(await requests[0]?.json()).toEqual(await theirs?.json());
});
