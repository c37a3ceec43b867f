import { MAX_HOOK_FIELD_CHARACTERS } from '../sizes.ts';
import type { Filled, Template } from './hook.ts';

/** The JSON of an event. */
export type Event = Readonly<Record<string, unknown>>;

/**
 * Puts fields of an event in their places. A text of the event only ever becomes a part of a string: it can add no message,
 * no role and no field, and placeholders in it stay text.
 */
export function fillTemplate(template: Template, event: Event): unknown {
  if (Array.isArray(template)) return template.map((entry) => fillTemplate(entry, event));
  if (typeof template !== 'object' || template === null) return template;
  if (isFilled(template)) return fillText(template, event);
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fillTemplate(value, event)]));
}

export function fillText({ $fill }: Filled, event: Event): string {
  const text = $fill.map((part) => (typeof part === 'string' ? part : clean(firstOf(part, event)))).join('');
  // Of the whole: two fields side by side could make a token together.
  return text.replace(TOKENS, '$& ');
}

function isFilled(template: object): template is Filled {
  return '$fill' in template;
}

function firstOf(paths: readonly string[], event: Event): string {
  for (const path of paths) {
    const value = valueAt(path, event);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return '';
}

/** `issue.labels.0.name` */
export function valueAt(path: string, event: Event): unknown {
  let value: unknown = event;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** Characters that are no text: controls but tab and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * How special tokens of models begin: `<|im_start|>`, `<s>`, `[INST]`, `<start_of_turn>`. Hosts write messages into one text
 * with them, and many read them in the content of a message, too: there they would end it and begin another.
 */
const TOKENS =
  /<(?=[|\uff5c]|\/?s>|<\/?SYS>>|(?:start|end)_of_turn>|(?:bos|eos|pad|unk)>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)\])/gi;

function clean(text: string): string {
  const short = text.slice(0, MAX_HOOK_FIELD_CHARACTERS).toWellFormed();
  return short.replace(CONTROLS, '');
}
