import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI, OpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost, streamed, toolCall } from './scripted-host.ts';

let host: ScriptedHost;
let stack: Gateway;
let shared: { apiKey: string; configuration: { baseURL: string }; temperature: number };
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
  shared = { apiKey: LOCAL_KEY, configuration: { baseURL: `${stack.url}/v1` }, temperature: 0 };
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});

const PROBLEM = "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.";

describe('@langchain/openai', () => {
  test('chats, with usage', async () => {
    const message = await new ChatOpenAI({ ...shared, model: 'text' }).invoke([new HumanMessage(PROBLEM)]);
    expect(message.text).toContain('4.');
    expect(message).toMatchObject({ usage_metadata: { total_tokens: expect.any(Number) } });
  });

  test('streams, with usage', async () => {
    const chunks = [];
    for await (const chunk of await new ChatOpenAI({ ...shared, model: 'text' }).stream(PROBLEM)) chunks.push(chunk);
    expect(chunks.map(({ text }) => text).join('')).toContain('4.');
    const usage = expect.objectContaining({ output_tokens: expect.any(Number) });
    expect(chunks).toContainEqual(expect.objectContaining({ usage_metadata: usage }));
  });

  test('continues raw text', async () => {
    const model = new OpenAI({ ...shared, model: 'text', maxTokens: 4 });
    expect(await model.invoke('house =>')).toMatch(/\w/);
  });

  test('embeds', async () => {
    const embeddings = new OpenAIEmbeddings({ ...shared, model: 'embed' });
    const vectors = await embeddings.embedDocuments(['a cat', 'a dog']);
    expect(vectors.map((vector) => vector.length)).toEqual([96, 96]);
    expect(await embeddings.embedQuery('a cat')).toEqual(vectors[0]);
  });

  test('calls a tool', async () => {
    host.script = [toolCall];
    const model = new ChatOpenAI({ ...shared, model: 'openai/scripted' }).bindTools([
      {
        type: 'function',
        function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
      },
    ]);
    const { tool_calls } = await model.invoke('How is the weather in Paris?');
    expect(tool_calls?.[0]).toMatchObject({ name: 'weather', args: { city: 'Paris' } });
  });

  describe('with useResponsesApi', () => {
    const responses = () =>
      new ChatOpenAI({ ...shared, model: 'openai/scripted', useResponsesApi: true, maxRetries: 0 });

    test('answers, and streams reasoning and text', async () => {
      host.script = [answer('Hello.'), streamed([{ reasoning: 'Hm.' }, { content: 'Hel' }, { content: 'lo.' }])];
      expect((await responses().invoke('Hi')).text).toBe('Hello.');
      let text = '';
      for await (const chunk of await responses().stream('Hi')) text += chunk.text;
      expect(text).toBe('Hello.');
    });

    test('calls a tool', async () => {
      host.script = [toolCall];
      const model = responses().bindTools([
        { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } },
      ]);
      const { tool_calls } = await model.invoke('How is the weather in Paris?');
      expect(tool_calls?.[0]).toMatchObject({ name: 'weather', args: { city: 'Paris' }, id: 'call_1' });
    });
  });

  test("throws with the API's code", async () => {
    const refused = new ChatOpenAI({ ...shared, model: 'nobody', maxRetries: 0 }).invoke('Hello');
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });
});
