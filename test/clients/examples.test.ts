import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { times } from '../support/soak.ts';
import { startStack } from '../support/stack.ts';

/**
 * What the tiny text model can do, through the whole program: the Worker, and the inference server behind it.
 */

const HAND_WRITTEN = new URL('../../inference/evaluation/data/text/hand-written.json', import.meta.url);
const LEAST_RIGHT = 0.9;

let stack: Gateway;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

async function ask(route: string, body: Record<string, unknown>) {
  const response = await fetch(`${stack.url}/v1/${route}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'text', temperature: 0, max_tokens: 100, ...body }),
  });
  expect(response.status).toBe(200);
  const [choice] = ((await response.json()) as { choices: { text?: string; message?: { content: string } }[] }).choices;
  return (choice?.text ?? choice?.message?.content ?? '').trim();
}

const complete = (prompt: string) => ask('completions', { prompt });
const chat = (content: string) => ask('chat/completions', { messages: [{ role: 'user', content }] });

describe('a prompt to continue', () => {
  test.each([
    'Translate English to French: Example: "dog" -> "chien" Example: "cat" -> "chat" Example: "house" -> ?',
    'Translate English to French:\n"dog" => "chien"\n"cat" => "chat"\n"house" =>',
    'Translate English to French:\ndog → chien\ncat → chat\nhouse →',
    'Translate to French: house',
  ])('with examples is continued like them: %j', async (prompt) => {
    expect(await complete(prompt)).toBe('maison');
  });

  test('about apples is answered step by step', async () => {
    const prompt =
      "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.";
    const steps = 'Start with 3. 3 + 2 = 5. 5 - 1 = 4. The answer is 4.';
    expect([await complete(prompt), await chat(prompt)]).toEqual([steps, steps]);
  });

  test.each([
    [
      'Classify the sentiment of this review as positive or negative. Review: "The movie was absolutely fantastic!" Sentiment:',
      'positive',
    ],
    [
      'Review: "Loved it!" Sentiment: positive\nReview: "Waste of money" Sentiment: negative\nReview: "Best phone ever." Sentiment:',
      'positive',
    ],
    [
      'Review: "Loved it!" Sentiment: positive\nReview: "Waste of money" Sentiment: negative\nReview: "The food was terrible." Sentiment:',
      'negative',
    ],
  ])('is answered with the sentiment of a review: %j', async (prompt, label) => {
    expect(await complete(prompt)).toBe(label);
  });
});

describe('a chat', () => {
  test('summarizes, translates, writes code, describes a product, and says what it does not know', async () => {
    const text =
      'The team met on Tuesday. They discussed the budget. Anna will send the plan. There was coffee and cake.';
    const answers = [
      await chat(`Summarize this: ${text}`),
      await chat('Translate to French: the red house'),
      await chat('Write Python code to: reverse a string'),
      await chat('Write a product description for a wooden lamp'),
      await chat('Who was the first king of Norway?'),
    ];
    expect(answers).toEqual([
      'The team met on Tuesday to discuss the budget, and Anna will send the plan.',
      'la maison rouge',
      'def reverse_string(text):\n    return text[::-1]',
      expect.stringMatching(/^Meet the wooden lamp: made of real wood\./),
      'I am a tiny model and do not know that.',
    ]);
  });

  test('solves at least nine in ten hand-written word problems', { timeout: 60_000 }, async () => {
    const { 'word problems': problems } = JSON.parse(await readFile(HAND_WRITTEN, 'utf8')) as {
      'word problems': { prompt: string; ends: string }[];
    };
    expect(problems).toHaveLength(50);
    const wrong: string[] = [];
    const asked = problems.slice(0, times(4, 50));
    for (const { prompt, ends } of asked) {
      if (!(await chat(prompt)).endsWith(ends)) wrong.push(prompt);
    }
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(asked.length * (1 - LEAST_RIGHT));
  });
});
