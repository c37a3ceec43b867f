/**
 * Compiles prompts/*.md and hooks/*.md into src/surfaces/prompts/compiled.ts and src/surfaces/hooks/compiled.ts, so that the Worker reads no
 * YAML and a mistake is found before it runs. wrangler runs this before it bundles (wrangler.toml).
 *
 *   npm run compile
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compileHook } from './hook-file.ts';
import { compilePrompt } from './prompt-file.ts';

const ROOT = join(import.meta.dirname, '..');

/** The files of prompts/, with their cases. */
export function readPrompts() {
  return readFolder('prompts', compilePrompt);
}

/** The content of each file that is generated. */
export function compileAll(): Record<string, string> {
  const prompts = readPrompts().map(({ prompt }) => prompt);
  const hooks = readFolder('hooks', (file, source) => compileHook(file, source, prompts));
  return {
    'src/surfaces/prompts/compiled.ts': moduleOf('prompts', 'Prompt', './prompt.ts', prompts),
    'src/surfaces/hooks/compiled.ts': moduleOf('hooks', 'Hook', './hook.ts', hooks),
  };
}

/** The names of the prompts or hooks. None if there is no such folder: git does not keep an empty one. */
export function namesIn(folder: 'prompts' | 'hooks'): string[] {
  const path = join(ROOT, folder);
  const files = existsSync(path) ? readdirSync(path).filter((file) => file.endsWith('.md')) : [];
  return files.sort().map((file) => basename(file, '.md'));
}

function readFolder<T>(folder: 'prompts' | 'hooks', compile: (name: string, source: string) => T): T[] {
  return namesIn(folder).map((name) => compile(name, readFileSync(join(ROOT, folder, `${name}.md`), 'utf8')));
}

function moduleOf(name: string, type: string, from: string, values: readonly object[]): string {
  const lines = values.map((value) => `  // biome-ignore format: generated\n  ${JSON.stringify(value)},\n`);
  return `// Generated from ${name}/*.md by \`npm run compile\`.
import type { ${type} } from '${from}';

export const ${name}: readonly ${type}[] = [
${lines.join('')}];
`;
}

/** @throws Error that says which field of which file is wrong */
export function compile(): void {
  for (const [path, text] of Object.entries(compileAll())) {
    const target = join(ROOT, path);
    // wrangler watches the source: an unchanged file must stay untouched.
    if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
  }
}

if (import.meta.main) {
  try {
    compile();
  } catch (error) {
    // What is wrong is in a file of prompts/ or hooks/, not in this program.
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
