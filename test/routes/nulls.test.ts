import { describe, expect, it } from 'vitest';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

const chat = { choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }] };

/** What the host gets. */
async function sent(path: string, json: object): Promise<unknown> {
  const { requests } = serve({ [ORIGIN]: () => Response.json(chat) });
  const answer = await ask(path, { json });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return (requests[0] as Request).json();
}

describe('a field that is null', () => {
  const messages = [{ role: 'user', content: 'hi' }];

  it.each([
    [
      '/v1/chat/completions',
      { model: 'text', messages, background: null, temperature: null, tools: null, other: null },
    ],
    ['/models/text/v1/chat/completions', { messages, background: null, seed: null, stop: null, user: null }],
    ['/v1/responses', { model: 'text', input: 'hi', background: null, previous_response_id: null, other: null }],
  ])('does not reach a host: %s', async (path, json) => {
    expect(await sent(path, json)).toEqual({ model: 'tiny-text', messages });
  });

  it('leaves the parameter of a prompt as it is', async () => {
    const variables = { text: 'house', language: null };
    const body = await sent('/v1/prompts/translate', { variables, temperature: null, max_tokens: null });
    expect(body).toMatchObject({ temperature: 0, max_tokens: 1000 });
    expect(JSON.stringify(body)).toContain('Translate to French: house');
  });

  it('is missing where a value is required', async () => {
    serve({});
    const answer = await ask('/v1/chat/completions', { json: { model: null, messages } });
    expect(await errorOf(answer)).toMatchObject({ param: 'model', message: '`model` is required.' });
  });

  it('stays where null is a value: the content of a message that calls', async () => {
    const called = { role: 'assistant', content: null, tool_calls: [] };
    expect(await sent('/v1/chat/completions', { model: 'text', messages: [...messages, called] })).toEqual({
      model: 'tiny-text',
      messages: [...messages, called],
    });
  });
});
