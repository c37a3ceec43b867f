import type { JsonObject } from '../../call/tasks.ts';

/** The texts of an output: the list of their item that they are in, the names of their events, the field of their text. */
export const TEXTS = {
  output_text: { list: 'content', part: 'response.content_part', text: 'response.output_text', field: 'text' },
  refusal: { list: 'content', part: 'response.content_part', text: 'response.refusal', field: 'refusal' },
  // A host's own reasoning. As a summary, every client shows it.
  summary_text: {
    ...{ list: 'summary', part: 'response.reasoning_summary_part' },
    ...{ text: 'response.reasoning_summary_text', field: 'text' },
  },
} as const;
export type TextKind = keyof typeof TEXTS;

/** A text that is being written. */
export interface OpenText {
  readonly kind: TextKind;
  readonly item: JsonObject;
  readonly place: Readonly<Record<string, unknown>>;
  /** An event with more of it, up to its number: they are nearly all events of a response. */
  readonly deltaHead: string;
  text: string;
  logprobs: unknown[];
}

/** The part of an item that has a text. */
export function partOf(type: TextKind, text: string, logprobs: unknown[]): JsonObject {
  return { type, [TEXTS[type].field]: text, ...(type === 'output_text' && { annotations: [], logprobs }) };
}
