import { MAX_TEXT_ANSWER_BYTES } from '../../base/sizes.ts';
import { inParallel } from '../../call/in-parallel.ts';
import { CATEGORIES, type Category, type Judged, type Verdict } from '../../call/moderation.ts';
import type { ChatTarget, ModerationTarget } from '../../call/tasks.ts';
import { readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { textOf } from './chat-content.ts';

const CONCURRENT = 4;
/** `unsafe` and some hazards. */
const MAX_TOKENS = 64;

/**
 * The hazards of Llama Guard 3 and 4 as OpenAI's categories. Defamation (S5), specialized advice (S6),
 * privacy (S7), intellectual property (S8) and elections (S13) have none there: they are flagged without a
 * category. Source: https://www.llama.com/docs/model-cards-and-prompt-formats/llama-guard-4/
 */
const OF_HAZARD: Readonly<Record<string, readonly Category[]>> = {
  S1: ['violence', 'illicit', 'illicit/violent'],
  S2: ['illicit'],
  S3: ['sexual', 'illicit', 'illicit/violent'],
  S4: ['sexual', 'sexual/minors'],
  S9: ['illicit', 'illicit/violent'],
  S10: ['hate'],
  S11: ['self-harm'],
  S12: ['sexual'],
  S14: ['illicit'],
};

/** A Llama Guard at a host of chats: it answers `safe`, or `unsafe` and its hazards in the next line. */
export function llamaGuard(chat: ChatTarget): ModerationTarget {
  const { host, upstreamModel } = chat;
  return {
    host,
    upstreamModel,
    takesPictures: false,
    moderate: (inputs, call) =>
      inParallel(inputs, CONCURRENT, call, async (input, call) => {
        const body = {
          model: upstreamModel,
          messages: [{ role: 'user', content: asText(input) }],
          max_tokens: MAX_TOKENS,
          temperature: 0,
        };
        const answer = await chat.chat({ body }, call);
        const { json } = await readJson(answer, host.name, MAX_TEXT_ANSWER_BYTES);
        const { choices } = json as { choices?: readonly { message?: { content?: unknown } }[] };
        const verdict = readVerdict(textOf(choices?.[0]?.message?.content));
        if (!verdict) throw invalidAnswer(host.name, 'without the verdict of a Llama Guard');
        return verdict;
      }),
  };
}

const asText = (input: Judged): string =>
  typeof input === 'string' ? input : input.map((part) => (part.type === 'text' ? part.text : '')).join('\n');

/** @returns undefined for a text that is no verdict: a model that is no guard must never read as `safe` */
export function readVerdict(text: string): Verdict | undefined {
  const [, word, list = ''] = /^\s*(safe|unsafe)\s*(?:\n\s*(S\d{1,2}(?:\s*,\s*S\d{1,2})*))?\s*$/.exec(text) ?? [];
  if (word === undefined || (word === 'safe' && list !== '')) return undefined;
  const hazards = list === '' ? [] : list.split(/\s*,\s*/);
  const found = new Set(hazards.flatMap((hazard) => OF_HAZARD[hazard] ?? []));
  const each = <T>(value: (category: Category) => T) =>
    Object.fromEntries(CATEGORIES.map((category) => [category, value(category)]));
  return {
    flagged: word === 'unsafe',
    categories: each((category) => found.has(category)),
    // It says yes or no.
    category_scores: each((category) => (found.has(category) ? 1 : 0)),
    category_applied_input_types: each((category) => (found.has(category) ? ['text'] : [])),
    hazards,
  };
}
