import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ApiError } from '../errors.ts';
import { type Rgb, resample } from '../resample.ts';
import type { RawPicture } from './raw.ts';

export type Job =
  | { task: 'heic'; bytes: Uint8Array }
  | { task: 'resample'; picture: Rgb; width: number; height: number; filter: number };

export interface Answer {
  id: number;
  value?: RawPicture | Rgb;
  /** The message of an `invalid_picture`: errors lose their class between threads. */
  refused?: string;
  error?: unknown;
}

/**
 * Smaller pictures take less time than passing them to another thread and waiting for its turn: 12 ms at
 * most.
 */
const RESAMPLE_HERE = 500_000;
/** The memory that libheif once took is only given back when the thread ends. */
const IDLE_MS = 10_000;

interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>;
}

let thread: Thread | undefined;
let idle: NodeJS.Timeout | undefined;
let jobs = 0;

/** Decodes a HEIC picture in another thread. @throws ApiError `invalid_picture` */
export async function decodeHeicOffThread(bytes: Uint8Array): Promise<RawPicture> {
  const { data, profile, ...picture } = (await run({ task: 'heic', bytes })) as RawPicture;
  // Between threads a Buffer becomes a Uint8Array.
  return { ...picture, data: Buffer.from(data.buffer), profile: profile && Buffer.from(profile) };
}

/** Resamples as Pillow does: large pictures in another thread. */
export function resampleOffThread(picture: Rgb, width: number, height: number, filter: number): Promise<Rgb> | Rgb {
  if (picture.width * picture.height <= RESAMPLE_HERE) return resample(picture, width, height, filter);
  return run({ task: 'resample', picture, width, height, filter }) as Promise<Rgb>;
}

function run(job: Job): Promise<unknown> {
  clearTimeout(idle);
  thread ??= start();
  const { worker, waiting } = thread;
  const id = jobs++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.ref();
    worker.postMessage({ id, job });
  });
}

function start(): Thread {
  const worker = new Worker(join(import.meta.dirname, 'worker.ts'), {
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const started: Thread = { worker, waiting: new Map() };
  worker.on('message', ({ id, value, refused, error }: Answer) => {
    const settle = started.waiting.get(id);
    started.waiting.delete(id);
    if (value) settle?.resolve(value);
    else settle?.reject(refused === undefined ? error : new ApiError('invalid_picture', refused));
    if (started.waiting.size === 0) rest(started);
  });
  const fail = (error: unknown) => {
    for (const { reject } of started.waiting.values()) reject(error);
    started.waiting.clear();
    if (thread === started) thread = undefined;
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('The thread for pictures ended.')));
  return started;
}

/** An idle thread does not keep the process alive, and ends soon. */
function rest(started: Thread): void {
  started.worker.unref();
  idle = setTimeout(() => {
    if (thread === started) thread = undefined;
    void started.worker.terminate();
  }, IDLE_MS).unref();
}
