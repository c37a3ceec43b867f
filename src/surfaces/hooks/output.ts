import { MAX_HOOK_OUTPUT_CHARACTERS } from '../../base/sizes.ts';

/**
 * What an answer says, as text: a chat's message, a completion's text, the label of a picture, the index of
 * the nearest document.
 *
 * @returns undefined if the answer has no text, such as a picture
 */
export function outputOf(answer: string): string | undefined {
  const { choices, data, results } = parse(answer) as Answer;
  const text =
    choices?.[0]?.message?.content ?? choices?.[0]?.text ?? data?.[0]?.prediction ?? results?.[0]?.index?.toString();
  return typeof text === 'string' ? text.trim().slice(0, MAX_HOOK_OUTPUT_CHARACTERS).toWellFormed() : undefined;
}

interface Answer {
  readonly choices?: readonly { readonly message?: { readonly content?: unknown }; readonly text?: unknown }[];
  readonly data?: readonly { readonly prediction?: unknown }[];
  readonly results?: readonly { readonly index?: number }[];
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
