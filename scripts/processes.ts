import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const WINDOWS = process.platform === 'win32';
const STOP_LIMIT_MS = 6_000;
const PARENT_POLL_MS = 500;

/** Reads the ids of process groups and kills the groups at the end of its input. */
const GUARD = 'ids=; while read -r id; do ids="$ids $id"; done; for id in $ids; do kill -s KILL -- "-$id"; done';

let guard: ChildProcess | undefined;

/**
 * Starts Node in a process group of its own. The group is how its own children are found later: wrangler
 * starts four. The group does not get the terminal's Ctrl-C, so the caller must end it. If the caller's
 * process ends first, even by SIGKILL, a guard kills the group.
 */
export function spawnTree(args: string[], options: Pick<SpawnOptions, 'cwd' | 'env'>): ChildProcess {
  // On Windows, `detached` would open a console window.
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: !WINDOWS });
  if (!WINDOWS) {
    guard ??= startGuard();
    guard.stdin?.write(`${child.pid}\n`);
  }
  return child;
}

/** Its input ends when this process does: the system closes the pipe. */
function startGuard(): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', GUARD], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.stdin?.on('error', () => {});
  return shell;
}

/** Asks a child to stop, waits up to a limit, and kills what is left of its tree. */
export async function endTree(child: ChildProcess): Promise<void> {
  // Windows has no SIGTERM: `kill` would end the child alone, and its own children could no longer be found.
  if (!WINDOWS && child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await Promise.race([ended, setTimeout(STOP_LIMIT_MS)]);
  }
  killTree(child);
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (WINDOWS) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: nothing is left.
  }
}

/**
 * Calls back once npm, or the shell that npm starts for a script, has ended without stopping this process.
 * npm passes SIGTERM to its shell, and most shells end without passing it on. SIGKILL ends npm alone.
 *
 * @param script the script's name in package.json
 */
export function onNpmGone(script: string, callback: () => void): void {
  // Started by hand, as with `nohup node scripts/start.js &`, this process may outlive its parent.
  if (process.env.npm_lifecycle_event !== script) return;
  const parent = process.ppid;
  const grandparent = shellParent(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && (grandparent === undefined || shellParent(parent) === grandparent)) return;
    clearInterval(timer);
    callback();
  }, PARENT_POLL_MS);
  timer.unref();
}

/**
 * @returns the parent of a shell that runs `sh -c "..."`. Nothing if the process is no such shell: some
 * shells replace themselves with the command, so npm is the direct parent. Nothing without /proc, as on
 * macOS, whose shell does that.
 */
function shellParent(pid: number): number | undefined {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[1] !== '-c') return undefined;
    const [, parent] = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return parent === undefined ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
