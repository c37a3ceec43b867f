import type { Filled, Part, Template } from './template.ts';

/** Finds the text for a place: an empty one if there is none. */
export type Read = (place: readonly string[]) => string;

/**
 * Puts texts in the places of a template. A text only ever becomes a part of a string: it can add no message,
 * no role and no field, and placeholders in it stay text.
 */
export function fillTemplate(template: Template, read: Read): unknown {
  if (Array.isArray(template)) return template.map((entry) => fillTemplate(entry, read));
  if (typeof template !== 'object' || template === null) return template;
  if (isFilled(template)) return fillText(template, read);
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fillTemplate(value, read)]));
}

export function fillText({ $fill }: Filled, read: Read): string {
  // Of the whole: two texts side by side could make a token together.
  return write($fill, read).replace(TOKENS, '$& ');
}

function write(parts: readonly Part[], read: Read): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('$if' in part) return read(part.$if) === '' ? '' : write(part.parts, read);
      return read(part).toWellFormed().replace(CONTROLS, '');
    })
    .join('');
}

function isFilled(template: object): template is Filled {
  return '$fill' in template;
}

/** Characters that are no text: controls but tab and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * How special tokens of models begin: `<|im_start|>`, `<s>`, `[INST]`, `<start_of_turn>`. Hosts write
 * messages into one text with them, and many read them in the content of a message, too: there they would end
 * it and begin another.
 */
const TOKENS =
  /<(?=[|\uff5c]|\/?s>|<\/?SYS>>|(?:start|end)_of_turn>|(?:bos|eos|pad|unk)>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)\])/gi;
