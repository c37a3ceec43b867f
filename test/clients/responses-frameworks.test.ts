import { createOpenAI, type OpenAILanguageModelResponsesOptions } from '@ai-sdk/openai';
import { Agent, tool as agentTool, OpenAIProvider, Runner } from '@openai/agents';
import {
  APICallError,
  generateObject,
  generateText,
  jsonSchema,
  type ModelMessage,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { PNG } from '../support/pictures.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost, streamed, streamedToolCall, toolCall } from './scripted-host.ts';

/** Frameworks whose default is the Responses API, without any option of theirs. */

let host: ScriptedHost;
let stack: Gateway;
let openai: ReturnType<typeof createOpenAI>;
let runner: Runner;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
  const at = { baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY };
  openai = createOpenAI(at);
  runner = new Runner({ modelProvider: new OpenAIProvider({ ...at, useResponses: true }), tracingDisabled: true });
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});
beforeEach(() => {
  host.requests.length = 0;
});

const PROMPT = 'How is the weather in Paris?';
const results = () => host.requests[1]?.body.messages;
const CONVERSATION = [
  { role: 'user', content: PROMPT },
  { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'weather', arguments: '{"city":"Paris"}' } }] },
  { role: 'tool', tool_call_id: 'call_1', content: 'sunny in Paris' },
];

describe('ai with @ai-sdk/openai', () => {
  const weather = tool({
    inputSchema: jsonSchema<{ city: string }>({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    }),
    execute: async ({ city }) => `sunny in ${city}`,
  });

  test('generates text from the tiny model, with usage', async () => {
    const { text, finishReason, usage } = await generateText({
      model: openai('text'),
      prompt: 'Translate to French: house',
      temperature: 0,
    });
    expect([text, finishReason]).toEqual(['maison', 'stop']);
    expect(usage.totalTokens).toBe((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
  });

  test('streams text from the tiny model, with usage', async () => {
    const result = streamText({ model: openai('text'), prompt: 'Translate to French: house', temperature: 0 });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(text).toBe('maison');
    expect((await result.usage).outputTokens).toBeGreaterThan(0);
    expect(await result.finishReason).toBe('stop');
  });

  test('calls a tool, and answers from its result', async () => {
    host.script = [toolCall, answer('It is sunny in Paris.')];
    const { text, steps } = await generateText({
      ...{ model: openai('openai/scripted'), prompt: PROMPT, tools: { weather }, stopWhen: stepCountIs(2) },
    });
    expect(text).toBe('It is sunny in Paris.');
    expect(steps[0]?.toolResults[0]?.output).toBe('sunny in Paris');
    expect(results()).toMatchObject(CONVERSATION);
  });

  test('does the same with streams', async () => {
    host.script = [
      streamedToolCall,
      streamed([{ reasoning: 'Simple.' }, { content: 'It is ' }, { content: 'sunny.' }]),
    ];
    const result = streamText({
      ...{ model: openai('openai/scripted'), prompt: PROMPT, tools: { weather }, stopWhen: stepCountIs(2) },
    });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(text).toBe('It is sunny.');
    expect(await result.reasoningText).toBe('Simple.');
    expect(results()).toMatchObject(CONVERSATION);
  });

  test('generates objects, and sends pictures', async () => {
    host.script = [answer('{"animal":"cat"}')];
    const { object } = await generateObject({
      model: openai('openai/scripted'),
      schema: z.object({ animal: z.string() }),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', image: PNG },
            { type: 'text', text: 'What is it?' },
          ],
        },
      ],
    });
    expect(object).toEqual({ animal: 'cat' });
    const [sent] = host.requests;
    expect(sent?.body).toMatchObject({ response_format: { type: 'json_schema', json_schema: { strict: true } } });
    const url = `data:image/png;base64,${Buffer.from(PNG).toString('base64')}`;
    const content = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: 'What is it?' },
    ];
    expect(sent?.body.messages).toEqual([{ role: 'user', content }]);
  });

  describe('in a conversation', () => {
    const talk = async (options: OpenAILanguageModelResponsesOptions) => {
      host.script = [answer('Hello.'), answer('Good.')];
      const model = openai('openai/scripted');
      const messages: ModelMessage[] = [{ role: 'user', content: 'Hi' }];
      const providerOptions = { openai: options };
      const first = await generateText({ model, messages, providerOptions });
      messages.push(...first.response.messages, { role: 'user', content: 'How are you?' });
      return generateText({ model, messages, providerOptions, maxRetries: 0 });
    };

    test.each([{ store: false }, { store: true }])('sends what was said before, with %j', async (options) => {
      expect((await talk(options)).text).toBe('Good.');
      expect(results()).toMatchObject([
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: 'How are you?' },
      ]);
    });

    test('refers to what is not kept by default, and the error says what to do', async () => {
      const refused = talk({});
      await expect(refused).rejects.toSatisfy(APICallError.isInstance);
      await expect(refused).rejects.toThrow('`store: false`');
    });
  });

  test('a stream that the host cuts does not end as if it were complete', async () => {
    const { body } = streamed([{ content: 'Hel' }, { content: 'lo' }]);
    host.script = [{ body: (body as object[]).slice(0, 2), isCut: true }];
    const errors: unknown[] = [];
    const result = streamText({
      ...{ model: openai('openai/scripted'), prompt: PROMPT, maxRetries: 0 },
      onError: ({ error }) => void errors.push(error),
    });
    await result.consumeStream();
    expect(await result.finishReason).toBe('error');
    expect(errors).toHaveLength(1);
  });
});

describe('@openai/agents', () => {
  const weather = agentTool({
    name: 'weather',
    description: 'The weather of a city',
    parameters: z.object({ city: z.string() }),
    execute: async ({ city }) => `sunny in ${city}`,
  });
  const agent = new Agent({ name: 'Weather', instructions: 'Be brief.', model: 'openai/scripted', tools: [weather] });

  test('answers from the tiny model', async () => {
    const translator = new Agent({ name: 'Translator', model: 'text', modelSettings: { temperature: 0 } });
    const { finalOutput } = await runner.run(translator, 'Translate to French: house');
    expect(finalOutput).toBe('maison');
  });

  test('calls a tool, and answers from its result', async () => {
    host.script = [toolCall, answer('It is sunny in Paris.')];
    const { finalOutput } = await runner.run(agent, PROMPT);
    expect(finalOutput).toBe('It is sunny in Paris.');
    expect(results()).toMatchObject([{ role: 'system', content: 'Be brief.' }, ...CONVERSATION]);
  });

  test('does the same with streams, and continues the conversation', async () => {
    host.script = [streamedToolCall, streamed([{ content: 'It is ' }, { content: 'sunny.' }])];
    const first = await runner.run(agent, PROMPT, { stream: true });
    let text = '';
    for await (const piece of first.toTextStream({ compatibleWithNodeStreams: true })) text += piece;
    await first.completed;
    expect([text, first.finalOutput]).toEqual(['It is sunny.', 'It is sunny.']);
    host.script = [answer('Warm.')];
    const next = await runner.run(agent, [...first.history, { role: 'user', content: 'And how warm?' }]);
    expect(next.finalOutput).toBe('Warm.');
    expect(host.requests.at(-1)?.body.messages).toHaveLength(6);
  });

  test('continues from a response that is kept', async () => {
    const keeper = agent.clone({ tools: [], modelSettings: { store: true } });
    host.script = [answer('Hello.'), answer('Good.'), answer('Bye.')];
    let previousResponseId: string | undefined;
    for (const text of ['Hi', 'How are you?', 'Bye']) {
      const result = await runner.run(keeper, text, { ...(previousResponseId && { previousResponseId }) });
      previousResponseId = result.lastResponseId;
    }
    expect(host.requests[2]?.body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'How are you?' },
      { role: 'assistant', content: 'Good.' },
      { role: 'user', content: 'Bye' },
    ]);
  });
});
