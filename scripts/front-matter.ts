import { parse } from 'yaml';
import { z } from 'zod';

/** A file with front matter in YAML between two lines of `---`, and a text below it. */
export interface Source {
  readonly head: unknown;
  readonly text: string;
}

/**
 * Reads such a file, and compiles it.
 *
 * @param path for messages: `hooks/github-issue.md`
 * @throws Error that names the file and what is wrong
 */
export function compileFile<T>(path: string, source: string, compile: (source: Source) => T): T {
  try {
    const [, yaml, text] = /^---\n([\s\S]*?)\n---\n?([\s\S]*)$/.exec(source.replaceAll('\r\n', '\n')) ?? [];
    if (yaml === undefined || text === undefined)
      throw new Error('it must begin with front matter between two lines of ---');
    return compile({ head: parse(yaml), text: text.trim() });
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`${path}: ${message}`);
  }
}

/** Of a file, without its folder and its ending. */
export const fileName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/, 'the name of the file must be lower case words with hyphens');
