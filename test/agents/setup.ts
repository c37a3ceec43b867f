import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { AGENTS, folderOf } from './programs.ts';

const INSTALL_MS = 20 * 60_000;

/** Installs each program once, into a folder for temporary files that is named by its version. */
export default async function setup(): Promise<void> {
  for (const agent of AGENTS) {
    const folder = folderOf(agent);
    if (existsSync(folder)) continue;
    // Half an installation has another name.
    const begun = `${folder}-${process.pid}`;
    await mkdir(begun, { recursive: true });
    await writeFile(`${begun}/package.json`, '{"private":true}');
    console.info(`Installing ${agent} into ${dirname(folder)}`);
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', agent];
    await promisify(execFile)('npm', args, { cwd: begun, timeout: INSTALL_MS });
    await rename(begun, folder);
  }
}
