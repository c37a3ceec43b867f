import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { workerdConfig } from './workerd-config.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A server in a process of its own, so that its CPU and memory are its own. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** Those of all isolates. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

export interface WorkerOptions {
  /** The Worker's script, bundled. */
  readonly script: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Whether the script exports the Durable Objects of wrangler.toml. By default it does. */
  readonly hasObjects?: boolean;
  /** Port of the store behind the KV binding `EMBEDDINGS`. Without it the binding is there, and fails. */
  readonly kvPort?: number;
  /**
   * A folder for Durable Objects, which stays when the process ends. Without it they live in a folder of the
   * process.
   */
  readonly storage?: string;
  /** Isolates of the Worker, each with a port of its own. They share the Durable Objects. */
  readonly isolates?: number;
  /** Flags of V8, such as `--trace-gc`. */
  readonly v8Flags?: readonly string[];
  /** Port of the store behind the Cache API. Without it that fails. */
  readonly cachePort?: number;
  /** Port of a server that gets all requests to hosts, whatever their names are, without TLS. */
  readonly hostsPort?: number;
  /** Gets what is written to the standard output, log lines too. */
  readonly onOutput?: (text: string) => void;
}

/** What workerd notes for its own authors, such as an alarm that a busy machine runs late. */
const NOTE = /: warning: NOSENTRY /;

/**
 * Starts workerd itself, configured as wrangler.toml says. Miniflare and dev servers put a proxy in front,
 * which hides from the Worker that its client has left, and costs more than the Worker.
 */
export async function startWorkerd({ script, isolates = 1, onOutput, ...options }: WorkerOptions): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'cedalion-workerd-'));
  const { storage = join(folder, 'objects') } = options;
  await mkdir(storage, { recursive: true });
  await writeFile(join(folder, 'worker.js'), await readFile(script));
  await writeFile(join(folder, 'config.capnp'), workerdConfig({ ...options, storage, isolates }));
  const child = spawn(binary(), ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: folder,
    // The log line of each request is the Worker's work; reading it would be somebody else's.
    stdio: ['ignore', onOutput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stderr as Readable }).on('line', (line) => {
    if (!NOTE.test(line)) process.stderr.write(`${line}\n`);
  });
  child.stdout?.setEncoding('latin1').on('data', (text: string) => onOutput?.(text));
  const lines = createInterface(child.stdio[3] as Readable);
  const ports: number[] = [];
  for await (const line of lines) {
    const message = JSON.parse(line) as { event: string; port: number };
    if (message.event === 'listen') ports.push(message.port);
    if (ports.length === isolates) return running(child, ports, () => rm(folder, { recursive: true, force: true }));
  }
  await rm(folder, { recursive: true, force: true });
  throw new Error('workerd did not start.');
}

/** A run that ends early leaves nothing behind. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** What a started child process is to the tests. */
export function running(child: ChildProcess, ports: readonly number[], cleanUp: () => Promise<void>): Running {
  const { pid } = child;
  const [port] = ports;
  if (pid === undefined || port === undefined) throw new Error('The process did not start.');
  alive.add(child);
  return {
    pid,
    port,
    ports,
    async stop() {
      alive.delete(child);
      // Ctrl-C in a terminal reaches the child too: it may have ended.
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      await cleanUp();
    },
  };
}

/** npm's `workerd` command is a script that starts the binary: measuring needs the binary's own process. */
function binary(): string {
  const architecture = process.arch === 'x64' ? '64' : process.arch;
  const require = createRequire(join(ROOT, 'node_modules/workerd/package.json'));
  return require.resolve(`@cloudflare/workerd-${process.platform}-${architecture}/bin/workerd`);
}
