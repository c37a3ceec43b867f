import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePorts } from '../support/ports.ts';
import { writeSafetensors } from './models/safetensors.ts';
import { tinyBert } from './models/tiny-bert.ts';
import { tinyAutoencoder, tinyDiffusion } from './models/tiny-diffusion.ts';
import { tinyLlama } from './models/tiny-llama.ts';
import { tinyWhisper } from './models/tiny-whisper.ts';

/** The programs, and how each is started with a model of its own. */

export type HostName = 'llama' | 'embeddings' | 'reranker' | 'router' | 'whisper' | 'diffusion';

interface Program {
  /** The environment variable with its command; the program of this name is searched in PATH without it. */
  readonly variable: string;
  readonly command: string;
  readonly port: (port: number) => readonly string[];
  /** Of its address, after which the paths of OpenAI's API follow. */
  readonly ready: string;
  /** Makes the model, and returns the arguments that load it. */
  readonly prepare: (folder: string) => readonly string[];
}

const SHORT_CONTEXT = 2048;
const LLAMA = { variable: 'LLAMA_SERVER', command: 'llama-server', ready: '/health' };
const llamaPort = (port: number) => ['--port', String(port), '--no-webui', '-t', '1'];

function gguf(folder: string, name: string, model: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, model);
  return path;
}

const PROGRAMS: Readonly<Record<HostName, Program>> = {
  llama: {
    ...LLAMA,
    port: llamaPort,
    prepare: (folder) => ['-m', gguf(folder, 'tiny.gguf', tinyLlama(SHORT_CONTEXT)), '-c', '2048', '-np', '2'],
  },
  embeddings: {
    ...LLAMA,
    port: llamaPort,
    prepare: (folder) => [
      ...['-m', gguf(folder, 'bert.gguf', tinyBert()), '-c', '128', '-np', '1'],
      ...['--embeddings', '--pooling', 'mean'],
    ],
  },
  reranker: {
    ...LLAMA,
    port: llamaPort,
    prepare: (folder) => ['-m', gguf(folder, 'ranker.gguf', tinyBert()), '-c', '128', '-np', '1', '--rerank'],
  },
  router: {
    ...LLAMA,
    port: llamaPort,
    prepare: (folder) => {
      gguf(folder, 'routed.gguf', tinyLlama(SHORT_CONTEXT));
      return ['--models-dir', folder, '--models-max', '1'];
    },
  },
  whisper: {
    variable: 'WHISPER_SERVER',
    command: 'whisper-server',
    port: (port) => ['--port', String(port)],
    ready: '/',
    prepare: (folder) => {
      const path = join(folder, 'whisper.bin');
      writeFileSync(path, tinyWhisper());
      return ['-m', path, '-t', '1', '-nf', '--request-path', '', '--inference-path', '/v1/audio/transcriptions'];
    },
  },
  diffusion: {
    variable: 'SD_SERVER',
    command: 'sd-server',
    port: (port) => ['--listen-port', String(port)],
    ready: '/v1/models',
    prepare: (folder) => {
      const [model, autoencoder] = [join(folder, 'sd.safetensors'), join(folder, 'taesd.safetensors')];
      writeSafetensors(model, tinyDiffusion());
      writeSafetensors(autoencoder, tinyAutoencoder());
      return ['-m', model, '--taesd', autoencoder, '-t', '1', '--steps', '1', '-W', '64', '-H', '64'];
    },
  },
};

export const HOST_NAMES = Object.keys(PROGRAMS) as readonly HostName[];

/** The command of a program, in words. @returns undefined if it is not installed */
function commandOf({ variable, command }: Program): readonly string[] | undefined {
  const set = process.env[variable];
  if (set) return set.split(/\s+/).filter((word) => word !== '');
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command))) ? [command] : undefined;
}

/** What is missing, as the variable that can name it. */
export function missing(name: HostName): string | undefined {
  const program = PROGRAMS[name];
  return commandOf(program) ? undefined : `${program.command} (or ${program.variable})`;
}

export interface RealHost {
  readonly url: string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

const START_MS = 60_000;

/**
 * Starts a program with a tiny model of its own. Its output is in the folder.
 *
 * @param waits false if it is asked while it loads
 */
export async function startRealHost(name: HostName, folder: string, waits = true): Promise<RealHost> {
  const program = PROGRAMS[name];
  const [file, ...words] = commandOf(program) ?? [];
  if (!file) throw new Error(`${missing(name)} is not installed.`);
  const [port = 0] = await freePorts(1);
  const log = openSync(join(folder, `${name}.log`), 'w');
  const args = [...words, ...program.prepare(folder), ...program.port(port)];
  const child = spawn(file, args, { stdio: ['ignore', log, log] });
  const url = `http://127.0.0.1:${port}`;
  try {
    await ready(url + (waits ? program.ready : '/'), child, waits);
  } catch (error) {
    await stop(child);
    throw new Error(`${name} did not start: ${(error as Error).message}. See ${join(folder, `${name}.log`)}`);
  }
  return { url, signal: (signal) => void child.kill(signal), stop: () => stop(child) };
}

async function ready(url: string, child: ChildProcess, waits: boolean): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    // One that loads listens already, and answers 503.
    if (answer?.ok || (answer && !waits)) return;
    await setTimeout(waits ? 200 : 5);
  }
  throw new Error(`it was not ready within ${START_MS / 1000} s`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
