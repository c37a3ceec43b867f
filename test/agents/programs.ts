import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const CODEX = '@openai/codex@0.171.0';
export const CLAUDE_CODE = '@anthropic-ai/claude-code@2.1.332';
export const PROMPTFOO = 'promptfoo@0.123.1';

/** Together they are 2,000 packages and more than 1 GB. */
export const AGENTS = [CODEX, CLAUDE_CODE, PROMPTFOO] as const;
export type Agent = (typeof AGENTS)[number];

export const folderOf = (agent: Agent): string => join(tmpdir(), 'cedalion-agents', agent.replaceAll(/[@/]+/g, '-'));

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export interface Running {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const LIMIT_MS = 150_000;

/**
 * Runs a program to its end, without a terminal.
 *
 * @param name of its command, or the path of its script below node_modules, where no command was installed
 */
export function run(agent: Agent, name: string, args: readonly string[], { cwd, env }: Running): Promise<Ran> {
  const modules = join(folderOf(agent), 'node_modules');
  const isScript = name.endsWith('.cjs');
  const command = isScript ? process.execPath : join(modules, '.bin', name);
  const child = spawn(command, isScript ? [join(modules, name), ...args] : args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  child.on('error', reject);
  child.on('close', (code) => {
    clearTimeout(timer);
    resolve({ code, output });
  });
  return promise;
}
