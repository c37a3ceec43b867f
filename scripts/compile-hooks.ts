/**
 * Compiles hooks/*.md into src/hooks/compiled.ts, so that the Worker reads no YAML and a mistake is found before it runs.
 * wrangler runs this before it bundles (wrangler.toml).
 *
 *   npm run hooks
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compileHook } from './hook-file.ts';

const ROOT = join(import.meta.dirname, '..');
const TARGET = join(ROOT, 'src/hooks/compiled.ts');

/** The content of src/hooks/compiled.ts. */
export function compileHooks(): string {
  const folder = join(ROOT, 'hooks');
  const files = readdirSync(folder).filter((file) => file.endsWith('.md'));
  const hooks = files
    .sort()
    .map((file) => compileHook(basename(file, '.md'), readFileSync(join(folder, file), 'utf8')));
  const lines = hooks.map((hook) => `  // biome-ignore format: generated\n  ${JSON.stringify(hook)},\n`);
  return `// Generated from hooks/*.md by \`npm run hooks\`.
import type { Hook } from './hook.ts';

export const hooks: readonly Hook[] = [
${lines.join('')}];
`;
}

if (import.meta.main) {
  const text = compileHooks();
  // wrangler watches the source: an unchanged file must stay untouched.
  if (readFileSync(TARGET, 'utf8') !== text) writeFileSync(TARGET, text);
}
