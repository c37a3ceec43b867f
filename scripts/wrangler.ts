import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs wrangler and collects its output. With `show`, the output is also printed. */
export type Wrangler = (args: readonly string[], options?: { show?: boolean; input?: string }) => Promise<Outcome>;

export const runWrangler: Wrangler = (args, { show = false, input } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${ROOT}node_modules/wrangler/bin/wrangler.js`, ...args], {
      cwd: ROOT,
      stdio: [input === undefined ? 'inherit' : 'pipe', 'pipe', 'pipe'],
    });
    let output = '';
    for (const [stream, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk;
        if (show) to.write(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
    if (input !== undefined) child.stdin?.end(input);
  });
