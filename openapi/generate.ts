/**
 * Writes the OpenAPI document and the reference page. Both are static assets: the Worker does not run for
 * them.
 *
 *   npm run openapi
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDocument } from './document.ts';
import { referencePage } from './reference.ts';

const ROOT = join(import.meta.dirname, '..');

/** @returns the content of each file, by its path from the root, formatted like the repository */
export function generate(): Record<string, string> {
  const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8'));
  const document = buildDocument(recorded);
  return {
    'playground/openapi.json': formatted('openapi.json', JSON.stringify(document)),
    'playground/docs.html': referencePage(document),
  };
}

/** Formats a text like the repository. */
export function formatted(name: string, text: string): string {
  const biome = join(ROOT, 'node_modules/.bin/biome');
  return execFileSync(biome, ['format', `--stdin-file-path=${name}`], { input: text, cwd: ROOT }).toString();
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(generate())) await writeFile(join(ROOT, path), text);
}
