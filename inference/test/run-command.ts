import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

const SERVER = join(import.meta.dirname, '..', 'server.ts');

/** Runs `node server.ts` like a user, until the test ends. */
export function runCommand(flags: string[], environment: Record<string, string> = {}) {
  let output = '';
  const child = spawn(process.execPath, [SERVER, ...flags], { env: { ...process.env, ...environment } });
  const closed = once(child, 'close');
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    /** The output so far. */
    output: () => output,
    /** Resolves when the models are loaded. */
    ready: () => expect.poll(() => output, { timeout: 15_000 }).toContain('Serving'),
    /** The server's URL, once it is ready. */
    url: () => /http:\/\/\S+/.exec(output)?.[0] ?? '',
    stop: () => child.kill('SIGTERM'),
    exitCode: async (): Promise<number | null> => (await closed)[0],
  };
}
