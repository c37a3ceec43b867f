import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const MAX_COLUMNS = 110;
const FOLDERS = ['src', 'routes', 'inference', 'openapi', 'bench', 'scripts', 'test', 'playground', 'findings'];

it(`has no line of a comment with more than ${MAX_COLUMNS} columns`, () => {
  const files = execFileSync('git', ['ls-files', '--', ...FOLDERS], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  const tooLong = files
    .filter((file) => /\.(ts|js|sh|py)$/.test(file))
    .flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .flatMap((line, i) => (isTooLong(line, /(sh|py)$/.test(file)) ? [`${file}:${i + 1}`] : [])),
    );
  expect(tooLong).toEqual([]);
});

/** A word that is longer, such as an address, cannot be broken. */
function isTooLong(line: string, hasHashes: boolean): boolean {
  const comment = (hasHashes ? /^\s*# (.*)$/ : /^\s*(?:\/\/|\/?\*+) (.*)$/).exec(line);
  return line.length > MAX_COLUMNS && comment?.[1]?.includes(' ') === true;
}
