import type { Wish } from './wish.ts';

/** Why an answer is not stored: the `detail` of its Cache-Status. */
export type Unstored = 'tools' | 'length' | 'content_filter' | 'incomplete' | 'size';

const FINISH_REASON = /"finish_reason"\s*:\s*"([^"]*)"/g;
const HAS_CALLS = /"tool_calls"\s*:\s*\[\s*[^\s\]]|"function_call"\s*:\s*\{/;
const HAS_NO_REASON = /"finish_reason"\s*:\s*null/;

/** What hosts call the end that the model itself has chosen. */
const ENDS = new Set(['stop', 'eos', 'eos_token', 'stop_sequence', 'end_turn']);
const CUTS = new Set(['length', 'max_tokens', 'model_length']);
const CALLS = new Set(['tool_calls', 'function_call', 'tool_use']);

/**
 * Why a text is not stored. The answer is searched, not parsed: a quote within a string of JSON is escaped,
 * so what looks like a member is one.
 *
 * @param text of a chat or a completion: JSON, or all events of its stream
 */
export function whyNotStored(text: string, wish: Wish, isStream: boolean): Unstored | undefined {
  if (!wish.storesTools && HAS_CALLS.test(text)) return 'tools';
  const reasons = [...text.matchAll(FINISH_REASON)].map(([, reason = '']) => reason).filter((reason) => reason !== '');
  if (reasons.length === 0 || (!isStream && HAS_NO_REASON.test(text))) return 'incomplete';
  for (const reason of reasons) {
    if (CALLS.has(reason) ? !wish.storesTools : false) return 'tools';
    if (CUTS.has(reason) && !wish.storesIncomplete) return 'length';
    if (reason === 'content_filter') return 'content_filter';
    if (!ENDS.has(reason) && !CUTS.has(reason) && !CALLS.has(reason)) return 'incomplete';
  }
  return undefined;
}
