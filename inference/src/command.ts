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
import type { Dtype, LoadOptions } from './source.ts';
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
  threads: String(Math.min(2, availableParallelism())),
  'logit-scale': '',
  'logit-bias': '',
  cache: join(homedir(), '.cache', 'cedalion'),
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

/** How long requests in progress may go on after a signal to stop. */
const GRACE_MS = 5_000;

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
    stopOnSignal(server);
    const ids = Object.values(await models).flatMap((model) => model?.id ?? []);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`Serving ${ids.join(', ')} on http://${options.host}:${options.port} (loaded in ${seconds} s)`);
  } catch (error) {
    console.error(`Cannot start: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}

/** All at once; `none` turns a task off. */
async function loadModels(options: Options): Promise<Models> {
  env.cacheDir = options.cache;
  const load = <Model>(source: string, loader: (from: string, options: LoadOptions) => Promise<Model>) =>
    source === 'none'
      ? undefined
      : loader(source, {
          dtype: (options.dtype || undefined) as Dtype | undefined,
          threads: readNumber('threads', options.threads),
          onProgress: progressBar(source),
        });
  const [text, clip, image] = await Promise.all([
    load(options.text, loadText),
    load(options.clip, (from, common) =>
      loadClip(from, {
        ...common,
        logitScale: readNumber('logit-scale', options['logit-scale']),
        logitBias: readNumber('logit-bias', options['logit-bias']),
      }),
    ),
    load(options.image, loadImage),
  ]);
  return { text, clip, image };
}

/** Stops listening at once, lets requests finish for a while, then cuts them off. */
function stopOnSignal(server: Server): void {
  const stop = () => {
    server.close(() => process.exit(0));
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
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
