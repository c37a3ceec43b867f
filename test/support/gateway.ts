import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const ROOT = join(import.meta.dirname, '../..');
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');

export const LOCAL_KEY = 'sk-local';

export interface Gateway {
  /** Without a trailing slash. */
  readonly url: string;
  readonly miniflare: Miniflare;
  stop(): Promise<void>;
}

/**
 * Starts the Worker as it is deployed: the minified bundle in a real workerd on a real socket, with an empty
 * KV.
 *
 * @param settings the Worker's settings; API_KEYS is the local key by default
 */
export async function startGateway(settings: Record<string, string> = {}): Promise<Gateway> {
  const folder = await bundle();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'cedalion',
      modules: true,
      scriptPath: join(folder, 'worker.js'),
      modulesRoot: folder,
      compatibilityDate: '2026-10-15',
      compatibilityFlags: ['enable_request_signal', 'global_fetch_strictly_public'],
      bindings: {
        API_KEYS: LOCAL_KEY,
        CORS_ORIGINS: '*',
        TOKEN_SECRETS: `local:${'x'.repeat(32)}`,
        CACHE_SECRET: 'c'.repeat(32),
        ...settings,
      },
      kvNamespaces: ['EMBEDDINGS', 'KEYS'],
      durableObjects: {
        RUNS: { className: 'Run', useSQLite: true },
        RUN_LISTS: { className: 'RunList', useSQLite: true },
        LIMITS: { className: 'Limiter', useSQLite: true },
        USAGE: { className: 'UsageLog', useSQLite: true },
        CLASSIFIERS: { className: 'Classifiers', useSQLite: true },
        WEBHOOKS: { className: 'WebhookSender', useSQLite: true },
      },
      assets: { directory: join(ROOT, 'playground'), routerConfig: { has_user_worker: true } },
    }),
  );
  const url = (await miniflare.ready).origin;
  return {
    url,
    miniflare,
    async stop() {
      await miniflare.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The setting with the folder of a bundle that was made before: tests share one. */
export const BUNDLE = 'CEDALION_TEST_BUNDLE';

/**
 * Bundles the Worker with wrangler's own build, as `npm run deploy` does.
 *
 * @returns a folder with `worker.js`, which the caller removes
 */
export async function bundle(signal?: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cedalion-bundle-'));
  const made = process.env[BUNDLE];
  if (made !== undefined) {
    await cp(made, folder, { recursive: true });
    return folder;
  }
  const args = [WRANGLER, 'deploy', '--dry-run', '--outdir', folder];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, ...(signal && { signal }) });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}
