import { isScalar, LineCounter, type Node, type ParsedNode, parseDocument, YAMLParseError } from 'yaml';
import { z } from 'zod';
import type { Mistake } from '../src/surfaces/prompts/mistake.ts';

export type { Mistake };

/**
 * All that is wrong with one or several files. Its message has a line for each mistake, as editors and
 * terminals read them.
 */
export class Mistakes extends Error {
  readonly list: readonly Mistake[];

  constructor(list: readonly Mistake[]) {
    super(list.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
    this.list = list;
  }
}

/** Where something is in a file with front matter. */
interface Place {
  readonly file: string;
  readonly source: string;
  readonly yaml: string;
  readonly schema: z.ZodType;
}

/** What an error of reading or compiling a file says about its lines. */
export function mistakesOf(error: unknown, { file, source, yaml, schema }: Place): Mistake[] {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines });
  // The front matter begins in the second line.
  const lineAt = (offset: number) => lines.linePos(offset).line + 1;
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let end = path.length; end > 0; end--) {
      const offset = offsetOf(document.contents, path.slice(0, end));
      if (offset !== undefined) return lineAt(offset);
    }
    return 2;
  };
  if (error instanceof z.ZodError) {
    return error.issues.map((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      return { file, line: lineOf([...issue.path, ...keys]), message: sentence(issue, schema) };
    });
  }
  const { message } = error as Error;
  if (error instanceof YAMLParseError) return [{ file, line: lineAt(error.pos[0]), message: withoutLine(message) }];
  const [placeholder] = /\{\{[^}]*\}\}/.exec(message) ?? [];
  const at = placeholder === undefined ? -1 : source.indexOf(placeholder);
  if (at !== -1) return [{ file, line: source.slice(0, at).split('\n').length, message }];
  const [, path] = /`([\w.[\]-]+)`/.exec(message) ?? /^([\w-]+(?:\.[\w-]+|\[\d+\])+)/.exec(message) ?? [];
  return [{ file, line: path === undefined ? 1 : lineOf(path.split(/[.[\]]+/).filter(Boolean)), message }];
}

/** The offset of a field's name, or of an entry of a list. */
function offsetOf(node: Node | ParsedNode | null, path: readonly PropertyKey[]): number | undefined {
  let offset: number | undefined;
  let current: unknown = node;
  for (const name of path) {
    const items = (current as { items?: unknown[] } | null)?.items ?? [];
    const pair = items.find((item) => keyOf(item)?.value === name) as { value?: unknown } | undefined;
    const entry = pair?.value ?? items[Number(name)];
    if (pair === undefined && entry === undefined) return undefined;
    offset = (keyOf(pair) ?? (entry as Node)).range?.[0] ?? offset;
    current = entry;
  }
  return offset;
}

function keyOf(item: unknown) {
  const { key } = (item ?? {}) as { key?: unknown };
  return isScalar(key) ? key : undefined;
}

/** Says where, what is wrong, and what is allowed. */
function sentence(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const at = z.core.toDotPath(issue.path);
  const where = at === '' ? '' : `${at}: `;
  if (issue.code === 'unrecognized_keys') {
    const allowed = fieldsAt(schema, issue.path);
    const known = allowed.length > 0 ? `. Allowed are ${allowed.join(', ')}` : '';
    return `${where}there is no field ${issue.keys.map((key) => `\`${String(key)}\``).join(', ')} here${known}`;
  }
  const options = 'options' in issue ? issue.options : 'values' in issue ? issue.values : undefined;
  if (Array.isArray(options)) return `${where}must be ${eitherOf(options.map(String))}`;
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return `${where}${isMissing ? `is missing: ${issue.expected} is required` : issue.message}`;
}

/** The fields of the object that a schema has at a path. Those of all kinds, if it can have several. */
function fieldsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const { def } = schema._zod;
  if (def.type === 'lazy') return fieldsAt((def as z.core.$ZodLazyDef).getter(), path);
  if (def.type === 'pipe') return fieldsAt((def as z.core.$ZodPipeDef).in, path);
  if ('innerType' in def) return fieldsAt(def.innerType as z.core.$ZodType, path);
  if ('options' in def) {
    return [...new Set((def.options as z.core.$ZodType[]).flatMap((option) => fieldsAt(option, path)))];
  }
  const [name, ...rest] = path;
  if ('shape' in def) {
    const shape = def.shape as Record<PropertyKey, z.core.$ZodType>;
    if (name === undefined) return Object.keys(shape);
    return shape[name] ? fieldsAt(shape[name], rest) : [];
  }
  const inside = 'valueType' in def ? def.valueType : 'element' in def ? def.element : undefined;
  return name === undefined || inside === undefined ? [] : fieldsAt(inside as z.core.$ZodType, rest);
}

const eitherOf = (options: readonly string[]) =>
  options.length === 1 ? `${options[0]}` : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;

/** Without the line, which is counted from the beginning of the front matter. */
const withoutLine = (text: string) => text.replace(/ at line \d+, column \d+:[\s\S]*$/, '');
