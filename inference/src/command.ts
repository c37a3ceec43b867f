import { once } from 'node:events';
import type { Server } from 'node:http';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { env } from '@huggingface/transformers';
import { loadClip } from './clip.ts';
import { loadImage } from './image.ts';
import type { Models } from './models.ts';
import { progressBar } from './progress.ts';
import { createServer } from './server.ts';
import { DTYPE_NAMES, type Dtype, isDtype, type LoadOptions } from './source.ts';
import { loadText } from './text.ts';

const OWN_MODELS = join(import.meta.dirname, '..', 'models');

/** Every option has a flag, an environment variable of the same name behind `INFERENCE_`, and a default. */
const DEFAULTS = {
  text: join(OWN_MODELS, 'tiny-text'),
  clip: join(OWN_MODELS, 'tiny-clip'),
  image: join(OWN_MODELS, 'tiny-image'),
  host: '127.0.0.1',
  port: '8788',
  token: '',
  dtype: '',
  threads: '',
  'logit-scale': '',
  'logit-bias': '',
  cache: join(homedir(), '.cache', 'cedalion'),
  /** How long requests in progress may go on after a signal to stop, in seconds. */
  grace: '5',
};

type Options = typeof DEFAULTS;

function readOptions(): Options {
  const flags = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ options: flags });
  const read = ([name, fallback]: [string, string]) => {
    const variable = `INFERENCE_${name.toUpperCase().replaceAll('-', '_')}`;
    return [name, values[name] ?? process.env[variable] ?? fallback];
  };
  return Object.fromEntries(Object.entries(DEFAULTS).map(read)) as Options;
}

export async function main(): Promise<void> {
  try {
    const options = readOptions();
    const started = performance.now();
    const models = loadModels(options);
    const server = createServer(models, {
      token: options.token || undefined,
      log: (line) => console.log(line),
      onError: (error) => console.error(error),
    });
    server.listen(readPort(options.port), options.host);
    await once(server, 'listening');
    stopOnSignal(server, (readNumber('grace', options.grace) ?? 0) * 1000);
    const ids = Object.values(await models).flatMap((model) => model?.id ?? []);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`Serving ${ids.join(', ')} on http://${options.host}:${options.port} (loaded in ${seconds} s)`);
  } catch (error) {
    console.error(`Cannot start. ${reason(error)}`);
    process.exit(1);
  }
}

/** All at once; `none` turns a task off. */
async function loadModels(options: Options): Promise<Models> {
  env.cacheDir = options.cache;
  const dtype = readDtype(options.dtype);
  const threads = readNumber('threads', options.threads);
  const logitScale = readNumber('logit-scale', options['logit-scale']);
  const logitBias = readNumber('logit-bias', options['logit-bias']);

  const load = async <Model>(from: string, loader: (from: string, options: LoadOptions) => Promise<Model>) => {
    if (from === 'none') return undefined;
    const own = from.startsWith(OWN_MODELS);
    try {
      return await loader(from, {
        // The tiny models come in one precision, and an operator of theirs is less work than sharing it among threads
        // (measured: half as fast on two).
        dtype: own ? undefined : dtype,
        threads: threads ?? (own ? 1 : Math.min(2, availableParallelism())),
        onProgress: progressBar(from),
      });
    } catch (cause) {
      throw new Error(`The model "${from}" cannot be loaded: ${reason(cause)}`, { cause });
    }
  };
  const [text, clip, image] = await Promise.all([
    load(options.text, loadText),
    load(options.clip, (from, common) => loadClip(from, { ...common, logitScale, logitBias })),
    load(options.image, loadImage),
  ]);
  return { text, clip, image };
}

/** Stops listening at once, lets requests finish for a while, then cuts them off. */
function stopOnSignal(server: Server, graceMs: number): void {
  const stop = () => {
    server.close(() => process.exit(0));
    // Connections that were busy at the time close when they fall idle.
    setInterval(() => server.closeIdleConnections(), 50).unref();
    setTimeout(() => server.closeAllConnections(), graceMs).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** What went wrong, down to the first cause: "fetch failed" alone does not say why. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message} (${reason(error.cause)})`
    : error.message;
}

function readDtype(text: string): Dtype | undefined {
  if (text === '' || isDtype(text)) return text === '' ? undefined : text;
  throw new Error(`--dtype must be one of ${DTYPE_NAMES.join(', ')}, not "${text}".`);
}

function readNumber(name: string, text: string): number | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`--${name} must be a number, not "${text}".`);
  return value;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port must be 0 to 65535, not "${text}".`);
  return port;
}
