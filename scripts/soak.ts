/**
 * Runs the tests that `npm test` keeps short at their full length: more random requests, more kill -9, the
 * largest classifiers, every threshold of the tiny models.
 *
 *   npm run soak
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

// `npm run attack` runs the attacks.
const files = globSync(['test/**/*.test.ts', 'inference/test/*.test.ts'], { cwd: ROOT }).filter(
  (file) =>
    !file.startsWith(join('test', 'attack')) && readFileSync(join(ROOT, file), 'utf8').includes('/support/soak.ts'),
);
const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...files], {
  cwd: ROOT,
  env: { ...process.env, SOAK: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
