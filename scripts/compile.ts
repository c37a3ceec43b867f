/**
 * Compiles prompts/*.md and hooks/*.md into src/surfaces/prompts/compiled.ts and
 * src/surfaces/hooks/compiled.ts, so that the Worker reads no YAML and a mistake is found before it runs.
 * wrangler runs this before it bundles (wrangler.toml).
 *
 *   npm run compile
 *
 * With KEEP_LAST_BUILD=1, as under `npm start`, a mistake does not fail: what was compiled last is kept, and
 * the Worker learns of the mistake.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compileHook } from './hook-file.ts';
import { type Mistake, Mistakes } from './mistakes.ts';
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
  const mistakes: Mistake[] = [];
  const compiled = namesIn(folder).flatMap((name) => {
    try {
      return [compile(name, readFileSync(join(ROOT, folder, `${name}.md`), 'utf8'))];
    } catch (error) {
      if (!(error instanceof Mistakes)) throw error;
      mistakes.push(...error.list);
      return [];
    }
  });
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return compiled;
}

function moduleOf(name: string, type: string, from: string, values: readonly object[]): string {
  const lines = values.map((value) => `  // biome-ignore format: generated\n  ${JSON.stringify(value)},\n`);
  return `// Generated from ${name}/*.md by \`npm run compile\`.
import type { ${type} } from '${from}';

export const ${name}: readonly ${type}[] = [
${lines.join('')}];
`;
}

/** Replaces what was compiled. @throws Mistakes, and then nothing is replaced */
export function compile(): void {
  write({ ...compileAll(), ...mistakesModule([]) });
}

/** The module that tells the Worker what is wrong while `npm start` runs. */
function mistakesModule(mistakes: readonly Mistake[]): Record<string, string> {
  const lines = mistakes.map((mistake) => `  // biome-ignore format: generated\n  ${JSON.stringify(mistake)},\n`);
  const text = `// Generated from prompts/*.md and hooks/*.md by \`npm run compile\`.
import type { Mistake } from './mistake.ts';

export const mistakes: readonly Mistake[] = [${lines.length > 0 ? `\n${lines.join('')}` : ''}];
`;
  return { 'src/surfaces/prompts/mistakes.ts': text };
}

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    const target = join(ROOT, path);
    // wrangler watches the source: an unchanged file must stay untouched.
    if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
  }
}

if (import.meta.main) {
  try {
    compile();
  } catch (error) {
    if (!(error instanceof Mistakes)) throw error;
    console.error(error.message);
    if (process.env.KEEP_LAST_BUILD === '1') {
      write(mistakesModule(error.list));
      console.error('The last version without a mistake is still served.');
    } else process.exitCode = 1;
  }
}
