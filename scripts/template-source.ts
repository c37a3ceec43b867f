import type { Filled, Part, Template } from '../src/base/templates/template.ts';

/** Texts with placeholders, as people write them in files, become templates. */

const ROLES = ['system', 'user', 'assistant'];
const PLACE = /\{\{([^{}]*)\}\}/;

/**
 * `# system`, `# user` and `# assistant` on lines of their own begin a message. Without them, the text is one
 * of the user.
 */
export function messagesIn(text: string): { role: string; content: Filled }[] {
  const parts = text.split(new RegExp(`^# (${ROLES.join('|')})$`, 'm'));
  const [before = '', ...pairs] = parts.map((part) => part.trim());
  const messages = before === '' ? [] : [{ role: 'user', content: filled(before) }];
  for (let i = 0; i < pairs.length; i += 2) {
    messages.push({ role: pairs[i] ?? '', content: filled(pairs[i + 1] ?? '') });
  }
  return messages;
}

/** Strings with placeholders become texts to be filled. A model is never chosen by what fills them. */
export function templateOf(value: unknown, key = ''): Template {
  if (typeof value === 'string') {
    if (key === 'model' && value.includes('{{')) throw new Error('`model` cannot have a placeholder');
    return value.includes('{{') ? filled(value) : value;
  }
  if (Array.isArray(value)) return value.map((entry) => templateOf(entry));
  if (typeof value !== 'object' || value === null) return value as Template;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, templateOf(entry, name)]));
}

/**
 * `{{a.b | c}}` is the field `b` of `a`, or `c` if that is missing. `{{#a}}...{{/a}}` is left out if there is
 * no `a`.
 *
 * @throws Error that shows the placeholder at fault
 */
export function filled(text: string): Filled {
  const whole = { name: '', parts: [] as Part[] };
  const open = [whole];
  for (const [i, piece] of text.split(PLACE).entries()) {
    const { name, parts } = open.at(-1) ?? whole;
    if (i % 2 === 0) {
      if (piece !== '') parts.push(piece);
    } else if (piece.startsWith('#')) {
      open.push({ name: piece.slice(1).trim(), parts: [] });
    } else if (piece.startsWith('/')) {
      if (open.length === 1 || name !== piece.slice(1).trim()) throw new Error(`{{${piece}}} ends no section`);
      open.pop();
      open.at(-1)?.parts.push({ $if: placeIn(name), parts });
    } else {
      parts.push(placeIn(piece));
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== whole) throw new Error(`the section {{#${unclosed?.name}}} has no end`);
  return { $fill: whole.parts };
}

function placeIn(text: string): string[] {
  const paths = text.split('|').map((path) => path.trim());
  if (paths.every((path) => /^[\w-]+(\.[\w-]+)*$/.test(path))) return paths;
  throw new Error(`the placeholder {{${text}}} must be paths such as {{issue.title}} or {{message.text | text}}`);
}

/** All paths of a template. */
export function pathsIn(template: Template | readonly Part[]): string[] {
  if (typeof template !== 'object' || template === null) return [];
  if ('$fill' in template) return pathsOfParts((template as Filled).$fill);
  return Object.values(template).flatMap((value) => pathsIn(value));
}

function pathsOfParts(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => {
    if (typeof part === 'string') return [];
    return '$if' in part ? [...part.$if, ...pathsOfParts(part.parts)] : part;
  });
}
