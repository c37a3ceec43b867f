import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  cosineSimilarity,
  embedMany,
  generateImage,
  generateText,
  jsonSchema,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { answer, type ScriptedHost, startScriptedHost, streamedToolCall, toolCall } from './scripted-host.ts';

let host: ScriptedHost;
let stack: Gateway;
let cedalion: ReturnType<typeof createOpenAICompatible>;
beforeAll(async () => {
  host = await startScriptedHost();
  stack = await startStack({ OPENAI_BASE_URL: `${host.url}/v1` });
  cedalion = createOpenAICompatible({
    name: 'cedalion',
    baseURL: `${stack.url}/v1`,
    apiKey: LOCAL_KEY,
    includeUsage: true,
  });
});
afterAll(async () => {
  await stack.stop();
  await host.stop();
});

const weather = tool({
  inputSchema: jsonSchema<{ city: string }>({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  }),
  execute: async ({ city }) => `sunny in ${city}`,
});

describe('ai with @ai-sdk/openai-compatible', () => {
  test('generates text, with usage', async () => {
    const { text, finishReason, usage } = await generateText({
      model: cedalion('text'),
      prompt: "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.",
      temperature: 0,
    });
    expect(text).toContain('4.');
    expect(finishReason).toBe('stop');
    expect(usage.totalTokens).toBe((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
  });

  test('streams text, with usage', async () => {
    const result = streamText({
      model: cedalion('text'),
      prompt: 'Translate to French: the red house',
      temperature: 0,
    });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(text).toMatch(/\w/);
    expect((await result.usage).outputTokens).toBeGreaterThan(0);
    expect(await result.finishReason).toBe('stop');
  });

  test('continues raw text with its completion model', async () => {
    const { text } = await generateText({
      model: cedalion.completionModel('text'),
      prompt: 'house =>',
      maxOutputTokens: 4,
      temperature: 0,
    });
    expect(text).toMatch(/\w/);
  });

  test('embeds, and finds the nearer text', async () => {
    const { embeddings, usage } = await embedMany({
      model: cedalion.embeddingModel('embed'),
      values: ['a red circle', 'a picture of a red circle', 'a photo of a green tree'],
    });
    const [circle = [], same = [], tree = []] = embeddings;
    expect(cosineSimilarity(circle, same)).toBeGreaterThan(cosineSimilarity(circle, tree));
    expect(usage.tokens).toBeGreaterThan(0);
  });

  test('generates images', async () => {
    const { image } = await generateImage({
      model: cedalion.imageModel('image'),
      prompt: 'a red circle',
      size: '64x64',
    });
    expect(image.mediaType).toBe('image/png');
    expect(image.uint8Array.length).toBeGreaterThan(100);
  });

  test('calls a tool and answers from its result', async () => {
    host.script = [toolCall, answer('It is sunny in Paris.')];
    const { text, steps } = await generateText({
      model: cedalion('openai/scripted'),
      prompt: 'How is the weather in Paris?',
      tools: { weather },
      stopWhen: stepCountIs(2),
    });
    expect(text).toBe('It is sunny in Paris.');
    expect(steps[0]?.toolResults[0]?.output).toBe('sunny in Paris');
  });

  test('assembles a streamed tool call', async () => {
    host.script = [streamedToolCall];
    const { toolCalls } = streamText({
      model: cedalion('openai/scripted'),
      prompt: 'How is the weather in Paris?',
      tools: { weather },
    });
    expect((await toolCalls)[0]).toMatchObject({ toolName: 'weather', input: { city: 'Paris' } });
  });

  test("throws its own error, with the API's message", async () => {
    const refused = generateText({ model: cedalion('nobody'), prompt: 'Hello' });
    await expect(refused).rejects.toSatisfy(APICallError.isInstance);
    await expect(refused).rejects.toMatchObject({
      statusCode: 404,
      isRetryable: false,
      message: 'There is no model with this name. GET /v1/models lists all models.',
    });
  });
});
