import { describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { vectorFor } from '../support/clip-host.ts';
import { ask, errorOf, serve } from '../support/worker.ts';

/** What a host does not take is sent once more as it takes it, and remembered. */

const HOST = 'https://llm.example.com/v1';
const CLIP = 'https://clip.example.com';
const settings = { OPENAI_BASE_URL: HOST, CLIP_ENDPOINT_URL: CLIP };
const chat = { model: 'openai/azure/my-o4', messages: [{ role: 'user', content: 'hi' }] };
const completion = () => Response.json({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }] });
const rejection = (message: string, more: object = {}, status = 400) =>
  Response.json({ error: { message, type: 'invalid_request_error', ...more } }, { status });

type Body = Record<string, unknown>;

/** A host that answers each body, and the bodies that it got. */
function host(answer: (body: Body) => Response | Promise<Response>, url = HOST) {
  const bodies: Body[] = [];
  serve({
    [url]: async (request) => {
      const body = (await request.json()) as Body;
      bodies.push(body);
      return answer(body);
    },
  });
  return bodies;
}

const askChat = (more: object, its = settings) =>
  ask('/v1/chat/completions', { json: { ...chat, ...more }, settings: its });

describe('a chat', () => {
  const azure = (body: Body) =>
    'max_tokens' in body
      ? rejection(
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
          {
            param: 'max_tokens',
          },
        )
      : completion();

  it('is sent once more with max_completion_tokens after a rejection of max_tokens, which is remembered', async () => {
    const bodies = host(azure);
    expect((await askChat({ max_tokens: 5 })).status).toBe(200);
    expect(bodies.map(({ max_tokens, max_completion_tokens }) => [max_tokens, max_completion_tokens])).toEqual([
      [5, undefined],
      [undefined, 5],
    ]);
    expect((await askChat({ max_tokens: 6 })).status).toBe(200);
    expect(bodies).toHaveLength(3);
    expect(bodies[2]?.max_completion_tokens).toBe(6);
  });

  it('is sent as its target took it for an hour', async () => {
    const bodies = host(azure);
    const now = vi.spyOn(Date, 'now');
    await askChat({ max_tokens: 5 });
    now.mockReturnValue(Date.now() + 3_700_000);
    await askChat({ max_tokens: 5 });
    expect(bodies).toHaveLength(4);
  });

  it('of another model is sent as it came', async () => {
    const bodies = host(azure);
    await askChat({ max_tokens: 5 });
    await askChat({ model: 'openai/other', max_tokens: 5 });
    expect(bodies[2]?.max_tokens).toBe(5);
  });

  it('is sent once more with max_tokens to a host that only knows that', async () => {
    const bodies = host((body) =>
      'max_completion_tokens' in body
        ? Response.json(
            { detail: [{ loc: ['body', 'max_completion_tokens'], msg: 'Extra inputs are not permitted' }] },
            { status: 422 },
          )
        : completion(),
    );
    // The name is that of a model of OpenAI, and the host is not OpenAI's.
    expect((await askChat({ model: 'openai/gpt-5-clone', max_tokens: 5 })).status).toBe(200);
    expect((await askChat({ model: 'openai/gpt-5-clone', max_tokens: 5 })).status).toBe(200);
    expect(bodies.map(({ max_tokens }) => max_tokens)).toEqual([undefined, 5, 5]);
  });

  it.each([
    'max_tokens is too large: 5000. This model supports at most 4096 completion tokens.',
    "'max_tokens' must be at least 1, got 0.",
    'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]',
  ])('is not sent again if the value is at fault: %s', async (message) => {
    const bodies = host(() => rejection(message, { param: 'max_tokens' }));
    expect(await errorOf(await askChat({ max_tokens: 5000 }))).toMatchObject({ param: 'max_tokens' });
    expect(bodies).toHaveLength(1);
  });

  it('that is rejected in both ways fails with the first rejection, and nothing is remembered', async () => {
    const bodies = host((body) => rejection('max_tokens' in body ? 'max_tokens: no' : 'another reason'));
    expect((await errorOf(await askChat({ max_tokens: 5 }))).message).toContain('max_tokens: no');
    await askChat({ max_tokens: 5 });
    expect(bodies.map((body) => 'max_tokens' in body)).toEqual([true, false, true, false]);
  });

  it('is sent without two fields to a host that takes neither', async () => {
    const bodies = host((body) => {
      if ('stream_options' in body) return rejection('Unknown field: stream_options');
      return azure(body);
    });
    const json = { stream: false, stream_options: { include_usage: true }, max_tokens: 5 };
    expect((await askChat(json)).status).toBe(200);
    expect((await askChat(json)).status).toBe(200);
    expect(bodies.map((body) => Object.keys(body).filter((name) => /max|options/.test(name)))).toEqual([
      ['stream_options', 'max_tokens'],
      ['max_tokens'],
      ['max_completion_tokens'],
      ['max_completion_tokens'],
    ]);
  });

  it('is never rejected first if the operator has named the quirk', async () => {
    const bodies = host(azure);
    for (const name of ['openai', 'openai/azure/my-o4']) {
      const HOST_OPTIONS = JSON.stringify({ [name]: { quirks: ['max_completion_tokens'] } });
      expect((await askChat({ max_tokens: 5 }, { ...settings, HOST_OPTIONS } as typeof settings)).status).toBe(200);
    }
    expect(bodies).toHaveLength(2);
  });
});

describe('pictures in tool outputs', () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
  const call = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } });
  const messages = [
    { role: 'user', content: 'look twice' },
    { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'one' }, picture] },
    { role: 'tool', tool_call_id: 'b', content: [picture] },
    { role: 'assistant', content: 'seen' },
    { role: 'user', content: 'and?' },
  ];
  const strict = (body: Body) => {
    const at = (body.messages as typeof messages).findIndex(
      ({ role, content }) => role === 'tool' && JSON.stringify(content).includes('image_url'),
    );
    if (at < 0) return completion();
    const param = `messages.[${at}].content.[1].image_url`;
    return rejection("Image URLs are only allowed for messages with role 'user'.", { param });
  };

  it('are sent once more in a message of the user behind all outputs, if the host rejects them', async () => {
    const bodies = host(strict);
    expect((await askChat({ messages })).status).toBe(200);
    expect(bodies[0]?.messages).toEqual(messages);
    expect(bodies[1]?.messages).toEqual([
      messages[0],
      messages[1],
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'one' }] },
      { role: 'tool', tool_call_id: 'b', content: 'See the next message of the user.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From the output of the tool call a:' },
          picture,
          { type: 'text', text: 'From the output of the tool call b:' },
          picture,
        ],
      },
      messages[4],
      messages[5],
    ]);
    await askChat({ messages });
    expect(bodies).toHaveLength(3);
  });

  it('of a response are, too', async () => {
    const bodies = host(strict);
    const input = [
      { role: 'user', content: 'look' },
      { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [{ type: 'input_image', image_url: picture.image_url.url }],
      },
    ];
    const json = { model: chat.model, input, store: false };
    expect((await ask('/v1/responses', { json, settings })).status).toBe(200);
    const sent = bodies[1] as { messages?: { role: string }[] } | undefined;
    expect(sent?.messages?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
  });

  it('stay where they are at a host that takes them', async () => {
    const bodies = host(completion);
    expect((await askChat({ messages })).status).toBe(200);
    expect(bodies).toHaveLength(1);
  });

  it('are no reason to repeat a chat that is rejected for its messages and has none', async () => {
    const bodies = host(() => rejection('messages: too many', { param: 'messages' }));
    expect((await askChat({})).status).toBe(400);
    expect(bodies).toHaveLength(1);
  });
});

describe('vectors', () => {
  const embed = (input: string, model = 'openai/e') => ask('/v1/embeddings', { json: { model, input }, settings });
  const floats = async ({ input }: Body, usage?: unknown, length = 8) => {
    const vectors = await Promise.all((input as string[]).map((text) => vectorFor(text, length)));
    return Response.json({ data: vectors.map((vector, index) => ({ index, embedding: [...vector] })), usage });
  };
  const clip = 'openai/clip-vit-base-patch32';

  it.each([
    ['rejects base64', () => rejection('encoding_format base64 is not supported')],
    ['rejects the field', () => rejection('no', { param: 'encoding_format' }, 422)],
    ['answers with no data', () => Response.json({ data: [] })],
    ['answers with empty text', ({ input }: Body) => emptied(input, '')],
    ['answers with an empty list', ({ input }: Body) => emptied(input, [])],
    ['answers with null', ({ input }: Body) => emptied(input, null)],
  ])('are requested once more as numbers if the host %s', async (_, refuse) => {
    for (const [model, url] of [
      ['openai/e', HOST],
      [clip, CLIP],
    ] as const) {
      resetIsolate('quirks');
      const bodies = host(
        (body) => ('encoding_format' in body ? refuse(body) : floats(body, {}, model === clip ? 512 : 8)),
        url,
      );
      expect((await embed('a', model)).status).toBe(200);
      expect((await embed('b', model)).status).toBe(200);
      expect(bodies.map(({ encoding_format }) => encoding_format)).toEqual(['base64', undefined, undefined]);
    }
  });

  const emptied = (input: unknown, embedding: unknown) =>
    Response.json({ data: (input as string[]).map((_, index) => ({ index, embedding })) });

  it('of a host that ignores `dimensions` are an unsupported parameter, and are not requested again', async () => {
    const bodies = host((body) => floats(body));
    const json = { model: 'openai/e', input: 'a', dimensions: 4 };
    const answer = await ask('/v1/embeddings', { json, settings });
    expect(answer.status).toBe(400);
    expect(await errorOf(answer)).toMatchObject({ code: 'unsupported_parameter', param: 'dimensions' });
    expect(bodies).toHaveLength(1);
  });

  it('are requested in as many texts at a time as the operator says', async () => {
    const bodies = host((body) => floats(body));
    const HOST_OPTIONS = JSON.stringify({ openai: { texts: 2 } });
    const json = { model: 'openai/e', input: ['a', 'b', 'c', 'd', 'e'] };
    expect((await ask('/v1/embeddings', { json, settings: { ...settings, HOST_OPTIONS } })).status).toBe(200);
    expect(bodies.map(({ input }) => (input as string[]).length).sort()).toEqual([1, 2, 2]);
  });

  it('that are empty in both ways are a failure of the host', async () => {
    const bodies = host(() => Response.json({ data: [] }));
    expect((await errorOf(await embed('a'))).code).toBe('upstream_invalid_answer');
    expect(bodies).toHaveLength(2);
  });

  it.each([
    ['null', null],
    ['texts', { prompt_tokens: 'many', total_tokens: '3' }],
    ['nulls', { prompt_tokens: null, total_tokens: null }],
    ['a number', 7],
    ['a list', []],
    ['nothing', undefined],
  ])('are kept if the usage is %s', async (_, usage) => {
    host((body) => floats(body, usage));
    const answer = await embed('a');
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { usage: object }).usage).toMatchObject({ prompt_tokens: 0 });
  });
});

it('every request to a host carries a user agent', async () => {
  const { requests } = serve({ [HOST]: completion });
  await askChat({});
  expect(requests[0]?.headers.get('user-agent')).toBe('Cedalion');
});

describe('HOST_OPTIONS', () => {
  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['an unknown option', '{"openai":{"quirk":["no_n"]}}'],
    ['an unknown quirk', '{"openai":{"quirks":["no_such"]}}'],
    ['a quirk that is no list', '{"openai":{"quirks":"no_n"}}'],
    ['a number of texts that is none', '{"openai":{"texts":0}}'],
    ['a host that is no object', '{"openai":true}'],
  ])('is a problem of the configuration if it is %s', async (_, HOST_OPTIONS) => {
    const ready = (await (await ask('/readyz', { settings: { ...settings, HOST_OPTIONS } })).json()) as {
      problems: string[];
    };
    expect(ready.problems).toEqual([expect.stringContaining('HOST_OPTIONS')]);
  });

  it('of a model replace those of its host', async () => {
    const bodies = host(completion);
    const HOST_OPTIONS = JSON.stringify({
      openai: { quirks: ['max_completion_tokens'] },
      'openai/azure/my-o4': { quirks: [] },
    });
    await askChat({ max_tokens: 5 }, { ...settings, HOST_OPTIONS } as typeof settings);
    expect(bodies[0]?.max_tokens).toBe(5);
  });
});
