import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readOptions, USAGE } from './options.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const chaos = (...args: string[]) => spawnSync('npm', ['run', 'chaos', '--', ...args], { cwd: ROOT, encoding: 'utf8' });

describe('npm run chaos', () => {
  it('starts Cedalion itself and prints a line per scenario', () => {
    const { status, stdout } = chaos('--only', 'whole-json', '--only', 'leave-before-headers');
    expect(stdout).toContain('2 of 2 scenarios passed');
    expect(stdout).toMatch(/^[12]\/2 {2}pass {2}whole-json/m);
    expect(status).toBe(0);
  });

  it('has a text of its options for --help', () => {
    expect(readOptions(['--help'])).toBeUndefined();
    expect(USAGE).toContain('--target URL');
  });

  it('names an unknown scenario, and an option that needs a target', () => {
    const unknown = chaos('--only', 'whole-jsn');
    expect(unknown.stderr).toContain('No scenario is named whole-jsn. The scenarios: ');
    expect(unknown.status).toBe(2);
    expect(() => readOptions(['--key', 'sk-other'])).toThrow('--key needs --target.');
  });
});
