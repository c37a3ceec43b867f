import { isObject } from '../../base/is-object.ts';
import { tokenCount, usageTokens } from '../../call/host-counts.ts';
import type { Tokens } from '../../call/outcome.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { parseEvent } from './sse.ts';

/**
 * llama.cpp counts one choice in the `usage` of an answer with several, and what each of them took in
 * `timings`. Seen with version 0.7.0: `n: 2`, or three prompts of `/v1/completions`, whole and as a stream.
 */

interface WholeAnswer {
  readonly choices: readonly (JsonObject | null)[];
  readonly usage?: JsonObject | null | undefined;
  readonly timings?: unknown;
}

/** The tokens of all choices of an answer. @param prompts of the request: undefined if it is a chat */
export function tokensOfAnswer({ choices, usage, timings }: WholeAnswer, prompts: unknown): Tokens | undefined {
  const tokens = usage ? usageTokens(usage) : undefined;
  const isOfOne = isObject(timings) && timings.predicted_n === tokens?.completion;
  if (!tokens || choices.length < 2 || !isOfOne) return tokens;
  // The others are known by their texts only, unless each of them was cut at the same limit.
  const isExact = choices.every((choice) => choice?.finish_reason === 'length');
  const lengths = choices.map(lengthOf);
  const completion = isExact ? tokens.completion * choices.length : scaled(tokens.completion, lengths);
  const texts = Array.isArray(prompts) ? prompts : [''];
  const prompt = scaled(
    tokens.prompt,
    texts.map((text) => String(text).length),
  );
  return { prompt, completion, ...(isExact && texts.length === 1 ? {} : { estimated: true }) };
}

/** All of them, if the first one took so many. */
function scaled(tokens: number, lengths: readonly number[]): number {
  const [first = 0] = lengths;
  const all = lengths.reduce((sum, length) => sum + length, 0);
  return first > 0 ? Math.ceil((tokens * all) / first) : tokens * lengths.length;
}

function lengthOf(choice: JsonObject | null): number {
  const message = isObject(choice?.message) ? choice.message : {};
  const { reasoning_content, content = choice?.text, tool_calls } = message;
  return JSON.stringify([reasoning_content, content, tool_calls]).length;
}

/**
 * The tokens of all choices of a stream by their `timings`, which llama.cpp sends also where no usage was
 * asked for.
 *
 * @param text the end of the stream
 * @returns undefined if the host sends none
 */
export function tokensOfTimings(text: string): Tokens | undefined {
  if (!text.includes('"timings"')) return undefined;
  const byChoice = new Map<number, Tokens>();
  let latest = 0;
  let isChat = false;
  for (const line of text.split('\n')) {
    if (!line.startsWith('data:')) continue;
    const event = parseEvent(line.slice('data:'.length));
    const [choice] = Array.isArray(event?.choices) ? event.choices : [];
    // The event with the usage of a choice comes behind its last one.
    latest = tokenCount(choice?.index) ?? latest;
    isChat ||= event?.object === 'chat.completion.chunk';
    const tokens = isObject(event?.timings) ? tokensIn(event.timings) : undefined;
    if (tokens) byChoice.set(latest, tokens);
  }
  if (byChoice.size === 0) return undefined;
  const known = [...byChoice.values()];
  // A choice that ended before this text took as much as the others.
  const count = Math.max(...byChoice.keys(), latest) + 1;
  const sum = (pick: (tokens: Tokens) => number) =>
    Math.ceil((known.reduce((total, tokens) => total + pick(tokens), 0) * count) / known.length);
  // The choices of a chat are answers to one prompt, those of completions nearly always to several.
  const prompt = isChat ? Math.max(...known.map(({ prompt }) => prompt)) : sum(({ prompt }) => prompt);
  return {
    prompt,
    completion: sum(({ completion }) => completion),
    ...(count > known.length && { estimated: true }),
  };
}

function tokensIn({ prompt_n, cache_n, predicted_n }: JsonObject): Tokens | undefined {
  const [read, cached = 0, completion] = [prompt_n, cache_n ?? 0, predicted_n].map(tokenCount);
  if (read === undefined || completion === undefined) return undefined;
  return { prompt: read + cached, completion, ...(cached > 0 && { cached }) };
}
