import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { resolve, sep } from 'node:path';
import { env } from '@huggingface/transformers';
import { loadClip } from './clip.ts';
import { loadImage } from './image.ts';
import type { Models } from './models.ts';
import { NONE, type Options, OWN_MODELS, readOptions } from './options.ts';
import { progressBar } from './progress.ts';
import { createServer } from './server.ts';
import type { LoadOptions } from './source.ts';
import { loadText } from './text.ts';

/** Runs the server process. It listens immediately and answers 503 until the models are loaded. */
export async function main(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2), process.env);
    const started = performance.now();
    const models = loadModels(options);
    const server = createServer(models, { token: options.token, log: console.log, onError: console.error });
    server.listen(options.port, options.host);
    await Promise.race([once(server, 'listening'), models]);
    stopOnSignal(server, options.graceSeconds * 1000);
    const ids = idsOf(await models);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { port } = server.address() as AddressInfo;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    for (const notice of notices(await models)) console.log(notice);
    console.log(`Serving ${ids.join(', ')} on http://${host}:${port} (loaded in ${seconds} s)`);
  } catch (error) {
    console.error(`Cannot start. ${reason(error)}`);
    process.exit(1);
  }
}

/** @throws Error if no model is loaded, or if two models have the same name. */
function idsOf(models: Models): string[] {
  const ids = Object.values(models).flatMap((model) => model?.id ?? []);
  if (ids.length === 0) throw new Error(`Every task is "${NONE}". Load at least one model.`);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) {
    throw new Error(`Two models are named "${twice}". Rename one with --text-name, --clip-name or --image-name.`);
  }
  return ids;
}

/** What an operator would not expect of the loaded models. */
function notices({ clip }: Models): string[] {
  if (!clip) return [];
  const single = [clip.batched.text ? '' : 'texts', clip.batched.image ? '' : 'pictures'].filter(Boolean).join(' and ');
  if (single === '') return [];
  return [`${clip.id} embeds ${single} one by one: its vectors would depend on the others of a batch.`];
}

/** Loads all models in parallel. `none` turns a task off. */
async function loadModels(options: Options): Promise<Models> {
  env.cacheDir = options.cache;
  // The standard variable for a mirror of the hub.
  env.remoteHost = process.env.HF_ENDPOINT ?? env.remoteHost;

  type Loader<Model> = (from: string, options: LoadOptions) => Promise<Model>;
  const load = async <Model>(from: string, name: string | undefined, loader: Loader<Model>) => {
    if (from === NONE) return undefined;
    const own = resolve(from).startsWith(OWN_MODELS + sep);
    try {
      return await loader(from, {
        name,
        // The tiny models have one precision. Their operators are too small to gain from threads: measured,
        // two threads are half as fast as one.
        dtype: own ? undefined : options.dtype,
        threads: options.threads ?? (own ? 1 : Math.min(2, availableParallelism())),
        onProgress: progressBar(from),
      });
    } catch (cause) {
      throw new Error(`The model "${from}" cannot be loaded: ${reason(cause)}`, { cause });
    }
  };
  const { logitScale, logitBias, background } = options;
  const [text, clip, image] = await Promise.all([
    load(options.text, options.textName, loadText),
    load(options.clip, options.clipName, (from, common) =>
      loadClip(from, { ...common, logitScale, logitBias, background }),
    ),
    load(options.image, options.imageName, loadImage),
  ]);
  return { text, clip, image };
}

/** Stops listening immediately, gives running requests the grace period, then closes their connections. */
function stopOnSignal(server: Server, graceMs: number): void {
  const stop = () => {
    server.close(() => process.exit(0));
    // Connections that were busy at that moment close when they become idle.
    setInterval(() => server.closeIdleConnections(), 50).unref();
    setTimeout(() => server.closeAllConnections(), graceMs).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** The message with its chain of causes: "fetch failed" alone does not say why. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message} (${reason(error.cause)})`
    : error.message;
}
