import { ApiError } from '../../base/errors.ts';
import { textOf } from '../../hosts/protocols/chat-content.ts';
import { type JsonSchema, schemaOf } from '../../intake/json-schema.ts';
import { validate } from '../../intake/validate.ts';
import type { Prompt } from './prompt.ts';

/** What is read of a chat completion. */
export interface Completion {
  readonly choices: readonly {
    readonly message?: { readonly content?: unknown };
    readonly finish_reason?: unknown;
  }[];
}

/**
 * Reads what a model has answered by the output schema of its prompt.
 *
 * @throws ApiError `output_invalid`, which says what does not fit, without the answer itself
 */
export function readOutput(prompt: Prompt, schema: JsonSchema, { choices }: Completion): unknown {
  const [choice] = choices;
  const content = textOf(choice?.message?.content);
  try {
    if (content === '') throw new ApiError('output_invalid', 'It has no text.');
    const answer = answerIn(content);
    const output = schema.type === 'string' ? textIn(answer, schema) : jsonIn(answer);
    return validate(schemaOf(schema), output, ['output']);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const why = choice?.finish_reason === 'length' ? 'It was cut off at the limit of tokens.' : error.message;
    throw new ApiError('output_invalid', `The model's answer does not fit the prompt ${prompt.name}. ${why}`, {
      // The host has answered, and would be paid again.
      headers: { 'x-should-retry': 'false' },
    });
  }
}

/**
 * The text, or the one of the allowed values that it says: models like to write `Positive.` for `positive`.
 */
function textIn(content: string, { enum: values = [] }: JsonSchema): string {
  const text = content.trim();
  return values.find((value) => bare(value) === bare(text)) ?? text;
}

const bare = (text: string) => text.replace(/^["'`*\s]+|["'`*.!\s]+$/g, '').toLowerCase();

/** Models like to put JSON into a fenced block of Markdown, with or without words around it. */
function jsonIn(content: string): unknown {
  const text = content.trim();
  const [, whole] = /^```\w*\s*([\s\S]*)```$/.exec(text) ?? [];
  const blocks = [...text.matchAll(/```\w*\s*([\s\S]*?)```/g)];
  // Of several blocks, any could be the answer.
  const candidates = [text, whole, blocks.length === 1 ? blocks[0]?.[1] : undefined];
  for (const candidate of candidates) {
    try {
      if (candidate !== undefined) return JSON.parse(candidate);
    } catch {
      // The next one may be it.
    }
  }
  throw new ApiError('output_invalid', 'It is not JSON.');
}

/** Hosts that do not know the reasoning of a model apart send it before the answer. */
const answerIn = (content: string) => /^\s*(?:<think>)?[\s\S]*<\/think>([\s\S]*)$/.exec(content)?.[1] ?? content;
