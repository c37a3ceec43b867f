import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Copies the files that a clone of this repository has into an empty folder. The installed packages are
 * linked, since installing them again would take a minute.
 */
export function cleanCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cedalion-clone-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of listed.toString().split('\0')) {
    if (file === '' || !existsSync(join(ROOT, file))) continue;
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  }
  for (const packages of ['node_modules', 'inference/node_modules']) {
    if (existsSync(join(ROOT, packages)) && existsSync(dirname(join(folder, packages)))) {
      symlinkSync(join(ROOT, packages), join(folder, packages));
    }
  }
  return folder;
}
