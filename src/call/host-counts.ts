import { isObject } from '../base/is-object.ts';
import type { Tokens } from './outcome.ts';

/**
 * What one answer can have used at most: the longest contexts of any model are 10 million tokens (Llama 4
 * Scout, 2025-04), and a text answer of 8 MiB has fewer. A host that says more is not believed.
 */
export const MAX_ANSWER_TOKENS = 10_000_000;

/**
 * A number of tokens as a host says it. JSON's 1e999 is infinite.
 *
 * @returns undefined if it is no whole number from 0 to MAX_ANSWER_TOKENS: then the host has not said it
 */
export function tokenCount(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  return value >= 0 && value <= MAX_ANSWER_TOKENS ? value : undefined;
}

/**
 * The tokens of an answer as its host says them.
 *
 * @returns undefined if it does not say them, or not in a way that can be true: they are estimated then
 */
export function hostTokens(prompt: unknown, completion: unknown): { prompt: number; completion: number } | undefined {
  const counts = { prompt: tokenCount(prompt ?? 0), completion: tokenCount(completion ?? 0) };
  return counts.prompt === undefined || counts.completion === undefined
    ? undefined
    : { prompt: counts.prompt, completion: counts.completion };
}

/**
 * The tokens of the prompt that a host read from a cache of its own: as OpenAI, vLLM and the router say it,
 * then DeepSeek, Anthropic, Moonshot and Together, in this order. All of them but Anthropic's are a part of
 * the prompt's; hosts with OpenAI's chat that use Anthropic's name count them in, too.
 *
 * @returns undefined if the host does not say, or not in a way that can be true
 */
export function cachedTokens(usage: Readonly<Record<string, unknown>>): number | undefined {
  const { prompt_tokens_details, input_tokens_details } = usage;
  const details = isObject(prompt_tokens_details) ? prompt_tokens_details : input_tokens_details;
  return (
    tokenCount(isObject(details) ? details.cached_tokens : undefined) ??
    tokenCount(usage.prompt_cache_hit_tokens) ??
    tokenCount(usage.cache_read_input_tokens) ??
    tokenCount(usage.cached_tokens)
  );
}

/** The tokens of a text answer, as the `usage` of its host says them. @returns as `hostTokens` */
export function usageTokens(usage: Readonly<Record<string, unknown>>): Tokens | undefined {
  const { prompt_tokens, completion_tokens, input_tokens, output_tokens } = usage;
  const tokens = hostTokens(prompt_tokens ?? input_tokens, completion_tokens ?? output_tokens);
  const cached = tokens && cachedTokens(usage);
  return cached ? { ...tokens, cached: Math.min(cached, tokens.prompt) } : tokens;
}
