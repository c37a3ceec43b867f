import { InferenceClient } from '@huggingface/inference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';

let stack: Gateway;
let client: InferenceClient;
beforeAll(async () => {
  stack = await startStack();
  client = new InferenceClient(LOCAL_KEY, { endpointUrl: stack.url });
});
afterAll(() => stack.stop());

const messages = [{ role: 'user', content: 'Translate to French: the red house' }];

/** Its other tasks have their own formats: docs/compatibility.md. */
describe('@huggingface/inference, with this Worker as its endpoint', () => {
  test('chats', async () => {
    const { choices, usage } = await client.chatCompletion({ model: 'text', messages, temperature: 0 });
    expect(choices[0]?.message.content).toMatch(/\w/);
    expect(usage.total_tokens).toBeGreaterThan(0);
  });

  test('streams', async () => {
    let text = '';
    for await (const { choices } of client.chatCompletionStream({ model: 'text', messages, temperature: 0 })) {
      text += choices[0]?.delta.content ?? '';
    }
    expect(text).toMatch(/\w/);
  });

  test('continues raw text', async () => {
    const { generated_text } = await client.textGeneration({ model: 'text', inputs: 'sea => mer\nhouse =>' });
    expect(generated_text).toMatch(/\w/);
  });

  test('throws its own message, together with the API’s error', async () => {
    await expect(client.chatCompletion({ model: 'nobody', messages })).rejects.toMatchObject({
      httpResponse: { status: 404, body: { error: { code: 'model_not_found' } } },
    });
  });

  test('fails with its other tasks', async () => {
    await expect(client.featureExtraction({ model: 'embed', inputs: 'a cat' })).rejects.toThrow();
    await expect(client.textToImage({ model: 'image', inputs: 'a red circle' })).rejects.toThrow();
  });
});
