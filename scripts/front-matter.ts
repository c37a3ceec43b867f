import { parse } from 'yaml';
import { z } from 'zod';
import { Mistakes, mistakesOf } from './mistakes.ts';

/** A kind of files with front matter in YAML between two lines of `---`, and a text below it. */
export interface FileKind<Head extends z.ZodType, T> {
  /** Of the front matter. */
  readonly schema: Head;
  readonly compile: (head: z.infer<Head>, text: string) => T;
}

/**
 * Reads such a file, and compiles it.
 *
 * @param file for messages: `hooks/github-issue.md`
 * @throws Mistakes with the lines
 */
export function compileFile<Head extends z.ZodType, T>(
  file: string,
  content: string,
  { schema, compile }: FileKind<Head, T>,
): T {
  const source = content.replaceAll('\r\n', '\n');
  const [, yaml, text] = /^---\n([\s\S]*?)\n---\n?([\s\S]*)$/.exec(source) ?? [];
  if (yaml === undefined || text === undefined) {
    throw new Mistakes([{ file, line: 1, message: 'it must begin with front matter between two lines of ---' }]);
  }
  try {
    return compile(schema.parse(parse(yaml)), text.trim());
  } catch (error) {
    throw new Mistakes(mistakesOf(error, { file, source, yaml, schema }));
  }
}

/** Of a file, without its folder and its ending. */
export const fileName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/, 'the name of the file must be lower case words with hyphens');
