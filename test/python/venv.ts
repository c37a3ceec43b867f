import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const INSTALL_MS = 10 * 60_000;

const pinned = ['requirements.txt', 'requirements-langchain.txt'].map((name) =>
  readFileSync(join(import.meta.dirname, name), 'utf8'),
);

/** Another version of a client is another environment. */
export const VENV = join(
  tmpdir(),
  `cedalion-python-${createHash('sha256').update(pinned.join()).digest('hex').slice(0, 12)}`,
);

/** @returns what it has written. @throws Error with it if it fails */
export async function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { env: { ...process.env, ...env }, timeout: INSTALL_MS, cwd: import.meta.dirname };
  const { stdout, stderr } = await promisify(execFile)(command, args, options);
  return stdout + stderr;
}

export const python = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> =>
  execute(join(VENV, 'bin/python'), args, { PYTHONDONTWRITEBYTECODE: '1', ...env });
