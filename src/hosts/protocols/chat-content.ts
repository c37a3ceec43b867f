import { isObject } from '../../base/is-object.ts';

/** A piece of what a model says, or of what it thinks before that. */
export interface ContentPiece {
  readonly kind: 'text' | 'thinking' | 'refusal';
  readonly text: string;
}

/**
 * The pieces of the `content` of a message, or of a part of one: a text, or a list of parts.
 * Source: https://docs.mistral.ai/capabilities/reasoning, where `thinking` is a list of parts, too.
 */
export function contentPieces(content: unknown): readonly ContentPiece[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part): readonly ContentPiece[] => {
    if (typeof part === 'string') return contentPieces(part);
    if (!isObject(part)) return [];
    if (part.type === 'thinking') return [{ kind: 'thinking', text: textOf(part.thinking) }];
    if (part.type === 'refusal') return [{ kind: 'refusal', text: textOf(part.refusal) }];
    // `text`, and `output_text` of Responses; a reference has no text.
    return contentPieces(typeof part.text === 'string' ? part.text : '');
  });
}

/** The text of a `content`, without what the model thought. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return contentPieces(content)
    .map(({ kind, text }) => (kind === 'text' ? text : ''))
    .join('');
}

/** What is read of a message, or of a piece of one. */
export interface ChatMessage {
  readonly content?: unknown;
  readonly refusal?: unknown;
}

/** What a model says in place of an answer. */
export function refusalIn(message: ChatMessage | null | undefined): string {
  const { content, refusal } = message ?? {};
  if (typeof refusal === 'string' && refusal !== '') return refusal;
  return contentPieces(content)
    .map(({ kind, text }) => (kind === 'refusal' ? text : ''))
    .join('');
}
