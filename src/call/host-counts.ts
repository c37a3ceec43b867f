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
