/**
 * Sends the held-out prompts of `data/text/` to the shipped text model and counts the correct answers.
 *
 * - `generated.json`: names, things, templates and numbers that training does not use. The answer must match
 *   exactly.
 * - `hand-written.json`: prompts written by a person, as chats. Only the last sentence of a word problem
 *   counts.
 * - `blind.json`: the same, written by a person who knew only the purpose of the model, not its corpus or its
 *   answers.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadText, type TextModel } from '../src/text.ts';
import type { Extent, Figure } from './figure.ts';

interface Item {
  prompt: string;
  /** True (default): a chat message. False: plain text to continue. */
  chat?: boolean;
  answer?: string;
  ends?: string;
}

/** Minimum accuracy. Figures without a bar are only reported. */
const BARS: Record<string, number> = {
  'word problems': 0.9,
  translation: 0.95,
  sentiment: 0.97,
  summaries: 0.97,
  code: 0.97,
  'word problems, hand-written': 0.9,
  'sentiment, hand-written': 0.9,
  'off its ground, refused': 0.9,
};
const MOST_FALSE_REFUSALS = 0.03;
const LEAST_TOKENS_PER_SECOND = 200;
const REFUSAL = 'I am a tiny model and ';
const MODEL = fileURLToPath(new URL('../models/tiny-text', import.meta.url));
const DATA = new URL('data/text/', import.meta.url);
/** Prompts per figure in a quick run, which takes a few seconds. */
const QUICK = 40;

export async function evaluate({ quick, speeds = true }: Extent): Promise<Figure[]> {
  const model = await loadText(MODEL);
  const generated = await read('generated.json');
  const { 'off its ground': foreign = [], ...handWritten } = await read('hand-written.json');
  const { 'off its ground': foreignToo = [], ...blind } = await read('blind.json');
  foreign.push(...foreignToo);
  const groups = [...Object.entries(generated), ...named(handWritten, 'hand-written'), ...named(blind, 'blind')];

  const figures: Figure[] = [];
  const add = (figure: string, value: number, n: number, bar: number | null = BARS[figure] ?? null, atLeast = true) =>
    figures.push({ model: 'tiny-text', figure, value, bar, n, atLeast });
  const part = (items: Item[]) => (quick ? items.slice(0, QUICK) : items);
  const count = { asked: 0, refused: 0, tokens: 0, seconds: 0 };

  for (const [name, all] of groups) {
    const items = part(all);
    let right = 0;
    for (const item of items) {
      const started = performance.now();
      const { text, tokens } = await ask(model, item);
      count.seconds += (performance.now() - started) / 1000;
      count.tokens += tokens;
      count.asked++;
      if (text.startsWith(REFUSAL)) count.refused++;
      if (isRight(item, text)) right++;
    }
    add(name, right / items.length, items.length);
  }
  add('refused by mistake', count.refused / count.asked, count.asked, MOST_FALSE_REFUSALS, false);

  let refused = 0;
  for (const item of part(foreign)) {
    if ((await ask(model, item)).text.startsWith(REFUSAL)) refused++;
  }
  add('off its ground, refused', refused / part(foreign).length, part(foreign).length);
  if (speeds) {
    add('tokens per second on one thread', count.tokens / count.seconds, count.asked, LEAST_TOKENS_PER_SECOND);
  }
  return figures;
}

function named(groups: Record<string, Item[]>, author: string): [string, Item[]][] {
  return Object.entries(groups).map(([name, items]) => [`${name}, ${author}`, items]);
}

async function read(name: string): Promise<Record<string, Item[]>> {
  return JSON.parse(await readFile(new URL(name, DATA), 'utf8'));
}

async function ask(model: TextModel, { prompt, chat = true }: Item): Promise<{ text: string; tokens: number }> {
  const input = chat ? { messages: [{ role: 'user', content: prompt }] } : { prompt };
  const answer = model.generate({ ...input, temperature: 0 });
  let text = '';
  for (;;) {
    const next = await answer.next();
    if (next.done) return { text: text.trim(), tokens: next.value.completionTokens };
    text += next.value;
  }
}

function isRight({ answer, ends }: Item, text: string): boolean {
  return answer === undefined ? ends !== undefined && text.endsWith(ends) : text === answer;
}
