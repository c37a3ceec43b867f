import { readFileSync } from 'node:fs';

/** @returns the blocks of code in a document, in the language that their fence names */
export function snippetsOf(document: string, language: string): string[] {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, code]) =>
    name === language && code !== undefined ? [code] : [],
  );
}

/** The only block that declares what `pattern` finds. @throws Error if there is none, or more than one */
export function snippetWith(document: string, language: string, pattern: RegExp): string {
  const [found, ...others] = snippetsOf(document, language).filter((code) => pattern.test(code));
  if (found === undefined || others.length > 0) throw new Error(`${document} must have ${pattern} once.`);
  return found;
}
