import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

interface Options {
  /** Whether the output is also printed. */
  readonly show?: boolean;
  /** For its stdin. */
  readonly input?: string;
  /** Whether the output is read as data, and so must not have wrangler's warnings in it. */
  readonly isData?: boolean;
}

/** Runs wrangler and collects its output: stdout and stderr, but of data only stdout, unless it fails. */
export type Wrangler = (args: readonly string[], options?: Options) => Promise<Outcome>;

export const runWrangler: Wrangler = (args, { show = false, input, isData = false } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${ROOT}node_modules/wrangler/bin/wrangler.js`, ...args], {
      cwd: ROOT,
      stdio: [input === undefined ? 'inherit' : 'pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let data = '';
    for (const [stream, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (stream === child.stdout) data += text;
        if (show) to.write(text);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: isData && code === 0 ? data : output }));
    if (input !== undefined) child.stdin?.end(input);
  });
