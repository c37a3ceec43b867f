import OpenAI, { AuthenticationError, type ClientOptions, PermissionDeniedError, RateLimitError } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';

/** An app with a client token and OpenAI's SDK, unmodified: what it sees when it reaches its limits. */

let stack: Gateway;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

async function clientWith(options: object, more: ClientOptions = {}): Promise<OpenAI> {
  const answer = await fetch(`${stack.url}/v1/client_secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(options),
  });
  const { value } = (await answer.json()) as { value: string };
  return new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: value, ...more });
}

const request = {
  model: 'text',
  messages: [{ role: 'user' as const, content: 'Translate to French: house' }],
  max_tokens: 20,
};
const chat = (client: OpenAI) => client.chat.completions.create(request);

describe('openai with a client token', () => {
  test('chats, and sees what is left', async () => {
    const client = await clientWith({ subject: 'a', limits: { requests_per_minute: 5, tokens_per_day: 10_000 } });
    const { data, response } = await chat(client).withResponse();
    expect(data.choices[0]?.message.content).toContain('maison');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('4');
    expect(Number(response.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(10_000);
    let text = '';
    for await (const { choices } of await client.chat.completions.create({ ...request, stream: true })) {
      text += choices[0]?.delta.content ?? '';
    }
    expect(text).toContain('maison');
  });

  test('gets a RateLimitError beyond its rate', async () => {
    const client = await clientWith({ limits: { requests_per_minute: 1 } }, { maxRetries: 0 });
    await chat(client);
    const refused = chat(client);
    await expect(refused).rejects.toBeInstanceOf(RateLimitError);
    await expect(refused).rejects.toMatchObject({ code: 'rate_limit_exceeded', status: 429 });
  });

  test('does not retry beyond its budget', async () => {
    let sent = 0;
    const counting: typeof fetch = (...given) => {
      sent++;
      return fetch(...given);
    };
    const client = await clientWith({ limits: { usd_per_day: 0 } }, { fetch: counting });
    const refused = chat(client);
    await expect(refused).rejects.toBeInstanceOf(RateLimitError);
    await expect(refused).rejects.toMatchObject({ code: 'insufficient_quota', type: 'insufficient_quota' });
    expect(sent).toBe(1);
  });

  test('gets a PermissionDeniedError for another scope or model', async () => {
    const client = await clientWith({ scopes: ['text'], models: ['text'] });
    await expect(client.embeddings.create({ model: 'embed', input: 'a' })).rejects.toBeInstanceOf(
      PermissionDeniedError,
    );
    const other = client.chat.completions.create({ model: 'zai-org/GLM-4.6', messages: [] });
    await expect(other).rejects.toMatchObject({ status: expect.any(Number) });
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(['text']);
  });

  test('gets an AuthenticationError with a changed token', async () => {
    const client = await clientWith({});
    const forged = new OpenAI({ baseURL: client.baseURL, apiKey: `${client.apiKey?.slice(0, -5)}AAAAA` });
    await expect(forged.models.list()).rejects.toBeInstanceOf(AuthenticationError);
  });
});
