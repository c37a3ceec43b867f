import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Running, running } from '../test/chaos/workerd.ts';

/** Starts a server on Node that takes its port from the environment or its arguments. */
export async function startNode(
  script: string,
  args: (port: number) => readonly string[],
  env: (port: number) => Record<string, string>,
): Promise<Running> {
  const port = await freePort();
  const child = spawn(process.execPath, [script, ...args(port)], {
    env: { ...process.env, NODE_ENV: 'production', ...env(port) },
    stdio: 'ignore',
  });
  await Promise.race([
    untilListening(port),
    once(child, 'exit').then(() => Promise.reject(new Error(`${script} ended before it listened.`))),
  ]);
  return running(child, [port], async () => {});
}

/** Starts the upstream. @returns the ports of the host, of the KV store and of the Cache API */
export async function startUpstream(): Promise<Running & { kvPort: number; cachePort: number }> {
  const child = fork(fileURLToPath(new URL('upstream.ts', import.meta.url)));
  const [ports] = (await once(child, 'message')) as [{ upstream: number; kv: number; cache: number }];
  return { ...running(child, [ports.upstream], async () => {}), kvPort: ports.kv, cachePort: ports.cache };
}

/** CPU time of a process, all its threads together, in milliseconds. */
export async function cpuMilliseconds(pid: number): Promise<number> {
  let nanoseconds = 0;
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const [onCpu] = (await readFile(`/proc/${pid}/task/${task}/schedstat`, 'utf8')).split(' ');
    nanoseconds += Number(onCpu);
  }
  return nanoseconds / 1e6;
}

/** Peak resident memory of a process so far, in MiB. */
export const peakMemory = (pid: number): Promise<number> => memory(pid, 'VmHWM');

/** Resident memory of a process now, in MiB. */
export const residentMemory = (pid: number): Promise<number> => memory(pid, 'VmRSS');

async function memory(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
