/**
 * Copies the libraries that the playground loads from their packages into `playground/vendor/`.
 *
 *   npm run vendor
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

/** @returns the content of each file, by its path from the root */
export function vendored(): Record<string, string> {
  const folder = dirname(require.resolve('marked/package.json'));
  const code = readFileSync(join(folder, 'lib/marked.esm.js'), 'utf8');
  // The source map is not served.
  return { 'playground/vendor/marked.js': code.replace(/^\/\/# sourceMappingURL=.*\n?/m, '') };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(vendored())) await writeFile(join(ROOT, path), text);
}
