import { fillTemplate } from '../../base/templates/fill.ts';
import type { Message, Prompt, Values } from './prompt.ts';

/**
 * The messages of a prompt. Their number and their roles depend on no variable.
 *
 * @param variables validated
 */
export function fillPrompt({ messages, input }: Pick<Prompt, 'messages' | 'input'>, variables: Values): Message[] {
  const read = ([name = '']: readonly string[]) =>
    textOf(Object.hasOwn(variables, name) ? variables[name] : input.properties?.[name]?.default);
  return fillTemplate(messages, read) as Message[];
}

/** What a variable is in a text. A list is joined. `false` is nothing, so that a section can depend on it. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return value === undefined || value === false ? '' : String(value);
}
