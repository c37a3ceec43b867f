import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.ts';
import {
  hasLocalKey,
  isLoopback,
  localSettings,
  readHost,
  repeatedSettings,
  unknownSettings,
} from './local-settings.ts';
import { endTree, onNpmGone, spawnTree } from './processes.ts';
import { isLogLine, readableLine } from './readable-line.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const READY_LIMIT_MS = 60_000;
const STILL_WAITING_MS = 10_000;

/** A sentence for the person at the terminal. */
class Problem extends Error {}

/**
 * Starts the inference server and the Worker, and waits until both answer. Stops both on Ctrl-C, on SIGTERM,
 * when the terminal is closed, when npm is gone, or when one of them ends.
 */
export async function start(): Promise<void> {
  const children: ChildProcess[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'cedalion-'));
  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    await Promise.all(children.map(endTree));
    await rm(folder, { recursive: true, force: true });
    process.exit(code);
  };
  const fail = async (error: unknown) => {
    if (stopping) return;
    console.error(error instanceof Problem ? `\n${error.message}` : error);
    await stop(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
  onNpmGone('start', () => stop(0));
  try {
    await run(folder, children, fail);
  } catch (error) {
    await fail(error);
  }
}

async function run(folder: string, children: ChildProcess[], onEnd: (why: unknown) => void): Promise<void> {
  const begun = performance.now();
  const devVars = join(ROOT, '.dev.vars');
  const repeated = repeatedSettings(devVars);
  if (repeated.length > 0) {
    throw new Problem(`.dev.vars sets ${repeated.join(', ')} more than once. Keep one line of each.`);
  }
  const host = readHost(process.env.HOST) ?? '127.0.0.1';
  const settings = localSettings({ environment: process.env, devVars, state: join(ROOT, '.wrangler/state') }, host);
  if (!isLoopback(host) && hasLocalKey(settings)) {
    throw new Problem(`sk-local is known to everybody: it cannot be in API_KEYS with HOST=${host}.`);
  }
  for (const { name, near } of unknownSettings(devVars)) {
    const advice = near ? `Did you mean ${near}?` : '.dev.vars.example lists all settings.';
    console.log(`${name} in .dev.vars is no setting, and has no effect. ${advice}`);
  }
  compileFirst();
  const port = readPort('PORT', 8787);
  await requireFree(port, 'PORT', host);
  const launch = (name: string, args: string[], extra: NodeJS.ProcessEnv = {}) => {
    const child = spawnTree(args, { cwd: ROOT, env: { ...process.env, ...extra } });
    children.push(child);
    return watch(name, child, onEnd);
  };

  if (settings.INFERENCE_URL === undefined) {
    const inferencePort = readPort('INFERENCE_PORT', 8788);
    await requireFree(inferencePort, 'INFERENCE_PORT');
    if (!existsSync(join(ROOT, 'inference/models')))
      throw new Problem('The folder inference/models is missing. Clone the repository again.');
    settings.INFERENCE_URL = `http://127.0.0.1:${inferencePort}`;
    // Without the host and token that the environment may have for a server of its own: the Worker sends no
    // token here.
    const here = ['--host', '127.0.0.1', '--token', 'none'];
    console.log('Starting the inference server: it loads three tiny models.');
    const origin = launch('inference', ['inference/server.ts', '--port', String(inferencePort), ...here]);
    await answers(`${settings.INFERENCE_URL}/health`, 'The inference server', origin);
  }
  // A file that only this user can read: settings on a command line could be read by every process.
  const envFile = join(folder, 'settings.env');
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  await writeFile(envFile, lines.join('\n'), { mode: 0o600 });
  const wrangler = [join(ROOT, 'node_modules/wrangler/bin/wrangler.js'), 'dev', '--port', String(port), '--ip', host];
  console.log('Starting the Worker: wrangler bundles it, and workerd runs it.');
  const worker = launch('worker', [...wrangler, '--env-file', envFile, '--show-interactive-dev-session=false'], {
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
    // A mistake in a file of prompts/ or hooks/ must not stop the Worker.
    KEEP_LAST_BUILD: '1',
  });
  const here = isAny(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  await answers(`http://${here}:${port}/livez`, 'The Worker', worker);
  const ready = (await (await fetch(`http://${here}:${port}/readyz`)).json()) as { problems: string[] };
  if (ready.problems.length > 0) throw new Problem(ready.problems.join('\n'));
  const [key] = (settings.API_KEYS ?? '').split(',');
  const url = `http://${isLoopback(host) || isAny(host) ? 'localhost' : here}:${port}`;
  const others = isAny(host) ? addresses().map((address) => `http://${address}:${port}`) : [];
  console.log(welcome({ url, others, key: key ?? '', seconds: (performance.now() - begun) / 1000 }));
}

const isAny = (host: string) => host === '0.0.0.0' || host === '::';

/** Of this machine in its networks. */
const addresses = () =>
  Object.values(networkInterfaces()).flatMap((all = []) =>
    all.flatMap(({ family, internal, address }) => (family === 'IPv4' && !internal ? [address] : [])),
  );

/** wrangler compiles, too, but hides what is wrong in pages of its own state. */
function compileFirst(): void {
  try {
    compile();
  } catch (error) {
    throw new Problem((error as Error).message);
  }
}

interface Started {
  readonly url: string;
  /** Where other machines reach it. */
  readonly others: readonly string[];
  readonly key: string;
  readonly seconds: number;
}

function welcome({ url, others, key, seconds }: Started): string {
  return `
Cedalion is ready after ${seconds.toFixed(1)} s.

  URL  ${[url, ...others].join('\n       ')}
  Key  ${key}
  Try  curl ${url}/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\
         -d '{"model": "text", "messages": [{"role": "user", "content": "Translate to French: house"}]}'

One line per request follows${process.env.LOG === 'json' ? '' : ' (LOG=json npm start: as they are deployed)'}. Ctrl-C stops everything.
`;
}

/** Passes a child's lines on, readable, and reports its end. @returns a promise that rejects when it ends */
function watch(name: string, child: ChildProcess, onEnd: (why: unknown) => void): Promise<never> {
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line);
      if (last.length > 10) last.shift();
      const text = process.env.LOG === 'json' && isLogLine(line) ? line : readableLine(name, line);
      if (text !== undefined) console.log(text);
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    const said = last.join('\n').trim();
    throw new Problem(`The ${name} process ended${code === null ? '' : ` with code ${code}`}. It said last:\n${said}`);
  });
  ended.catch(onEnd);
  return ended;
}

async function answers(url: string, what: string, ended: Promise<never>): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  const poll = async () => {
    while (Date.now() < deadline) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Problem(`${what} did not answer at ${url} within ${READY_LIMIT_MS / 1000} s.`);
  };
  const begun = Date.now();
  const waiting = setInterval(() => {
    console.log(`${what} has not answered yet, after ${Math.round((Date.now() - begun) / 1000)} s.`);
  }, STILL_WAITING_MS);
  try {
    await Promise.race([poll(), ended]);
  } finally {
    clearInterval(waiting);
  }
}

function readPort(name: string, usual: number): number {
  const text = process.env[name] ?? String(usual);
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Problem(`${name} must be a port, a number from 1 to 65535.`);
}

async function requireFree(port: number, setting: string, host = '127.0.0.1'): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch {
    throw new Problem(`Port ${port} is taken. Choose another: ${setting}=${port + 10} npm start`);
  } finally {
    server.close();
  }
}
