import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

/**
 * What `npm start` does so that no process is left, with processes that only wait in place of wrangler and
 * the inference server. `npm run soak` tries the same with those.
 */

const PROCESSES = new URL('../../scripts/processes.ts', import.meta.url).href;

/** A child of the script, as wrangler is, whose own child is as workerd. */
const TREE = `const { spawn } = await import('node:child_process');
const below = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
console.log('child', process.pid, below.pid);
setInterval(() => {}, 1000);`;

const SCRIPT = `import { endTree, onNpmGone, spawnTree } from ${JSON.stringify(PROCESSES)};
const child = spawnTree(['--input-type=module', '-e', ${JSON.stringify(TREE)}], {});
child.stdout.pipe(process.stdout);
onNpmGone('start', () => endTree(child).then(() => process.exit(0)));
console.log('script', process.pid);`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function startScript(): { npm: ChildProcess; output: () => string } {
  const folder = mkdtempSync(join(tmpdir(), 'cedalion-processes-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start: 'node script.mjs' } }));
  writeFileSync(join(folder, 'script.mjs'), SCRIPT);
  const npm = spawn('npm', ['start'], { cwd: folder, detached: true });
  let output = '';
  npm.stdout.on('data', (data) => (output += data));
  npm.stderr.on('data', (data) => (output += data));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { npm, output: () => output };
}

it.each(['npm', 'the script'])('ends the whole tree of a child when %s gets SIGKILL', async (target) => {
  const { npm, output } = startScript();
  await expect.poll(output, { timeout: 30_000 }).toMatch(/script \d+[\s\S]*child \d+|child \d+[\s\S]*script \d+/);
  const script = Number(/script (\d+)/.exec(output())?.[1]);
  const tree = (/child (\d+) (\d+)/.exec(output()) ?? []).slice(1).map(Number);
  expect(tree).toHaveLength(2);
  expect([script, ...tree].every(isAlive)).toBe(true);
  onTestFinished(() => {
    for (const pid of [script, ...tree].filter(isAlive)) process.kill(pid, 'SIGKILL');
  });
  process.kill(target === 'npm' ? (npm.pid ?? Number.NaN) : script, 'SIGKILL');
  await expect.poll(() => [script, ...tree].filter(isAlive), { timeout: 30_000 }).toEqual([]);
});
