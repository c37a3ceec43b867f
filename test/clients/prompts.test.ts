import OpenAI, { BadRequestError } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPrompts } from '../../scripts/compile.ts';
import type { PromptCase } from '../../scripts/prompt-file.ts';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';

/** The prompts that are shipped, on the tiny models: what their files say that the model answers. */

let stack: Gateway;
let client: OpenAI;
beforeAll(async () => {
  stack = await startStack();
  client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: LOCAL_KEY, maxRetries: 0 });
});
afterAll(() => stack?.stop());

type PromptCompletion = OpenAI.ChatCompletion & { prompt: { id: string; version: string }; output?: unknown };
const run = (name: string, body: object) => client.post<PromptCompletion>(`/prompts/${name}`, { body });

const cases = readPrompts().flatMap(({ prompt, cases }) =>
  cases.map((expected, i) => [`${prompt.name}, case ${i + 1}`, prompt.name, expected] as const),
);

describe('openai', () => {
  const variables = { text: 'the red house' };

  test('streams a prompt', async () => {
    const stream = await client.post<AsyncIterable<OpenAI.ChatCompletionChunk>>('/prompts/translate', {
      body: { variables, stream: true },
      stream: true,
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('la maison rouge');
  });

  test('names a prompt in a chat completion, and goes on from it', async () => {
    const prompt = { id: 'translate', variables };
    const create = (messages: OpenAI.ChatCompletionMessageParam[]) => {
      const request = { prompt, messages, model: 'text' };
      return client.chat.completions.create(request).withResponse();
    };
    const { data, response } = await create([]);
    expect(data.choices[0]?.message.content).toBe('la maison rouge');
    expect(response.headers.get('x-cedalion-prompt')).toMatch(/^translate@[0-9a-f]{12}$/);
    const next = await create([
      { role: 'assistant', content: 'la maison rouge' },
      { role: 'user', content: 'What is 3 + 4?' },
    ]);
    expect(next.data.choices[0]?.message.content).toContain('7');
  });

  test('gets errors that name the variable', async () => {
    const refused = run('translate', { variables: { text: 5 } });
    await expect(refused).rejects.toBeInstanceOf(BadRequestError);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_parameter', param: 'variables.text' });
  });
});

describe('a prompt', () => {
  test.each(cases)('%s', async (_, name, expected: PromptCase) => {
    // A file can name any model: the cases are about this one.
    const asked = run(name, { variables: expected.variables, model: 'tiny-text' });
    if (expected.error) {
      await expect(asked).rejects.toMatchObject({ code: expected.error });
      return;
    }
    const { choices, output } = await asked;
    const answer = choices[0]?.message.content?.trim() ?? '';
    expect(choices[0]?.finish_reason).toBe('stop');
    if (expected.answer !== undefined) expect(answer).toBe(expected.answer);
    if (expected.contains !== undefined) expect(answer).toContain(expected.contains);
    if (expected.matches !== undefined) expect(answer).toMatch(new RegExp(expected.matches));
    if (expected.output !== undefined) expect(output).toEqual(expected.output);
  });
});
