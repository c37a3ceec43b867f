import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { type Request, Response } from 'miniflare';
import { defineConfig } from 'vitest/config';
import { SETTING_NAMES } from './src/settings/setting-names.ts';

/**
 * The only network of tests inside workerd: it returns what it gets, as a body that arrived over the network.
 */
async function echo(request: Request): Promise<Response> {
  if (new URL(request.url).hostname !== 'echo.example.com') return new Response('no network', { status: 599 });
  const type = request.headers.get('content-type');
  return new Response(await request.arrayBuffer(), { headers: type ? { 'content-type': type } : {} });
}

/**
 * Durable Objects have the settings of the configuration: a request in a test cannot bring its own. Those of
 * the developer's `.dev.vars` would be read, too, so each has a value here.
 */
const OBJECT_SETTINGS = {
  ...Object.fromEntries(SETTING_NAMES.map((name) => [name, ''])),
  INFERENCE_URL: 'http://origin.internal:8788',
};

/** `npm run soak` tries more often what is random, and runs what takes long. */
const provide = { soak: process.env.SOAK === '1' };

/** For files that share a process, which saves a third of the CPU of all tests. */
const FRESH_MODULES = 'test/support/fresh-modules.ts';

/** How long a test waits for what must happen: by default a second, which a busy machine exceeds. */
const POLL = { poll: { timeout: 15_000 } };

export default defineConfig({
  test: {
    // Shows the Worker's log lines only if a test fails.
    silent: 'passed-only',
    // On two cores the default is one. Many tests wait for real processes, so three take half the time.
    maxWorkers: 3,
    projects: [
      {
        // Inside workerd, with a real KV: the Worker's own modules and routes. The tests mock the hosts.
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { outboundService: echo, bindings: OBJECT_SETTINGS },
          }),
        ],
        test: {
          name: 'worker',
          provide,
          expect: POLL,
          include: ['test/{routes,src}/**/*.test.ts'],
          isolate: false,
          setupFiles: [FRESH_MODULES, 'test/support/end-timers.ts'],
          testTimeout: 20_000,
        },
      },
      {
        // Outside: real processes and sockets, real SDKs, the bundle as it is deployed.
        test: {
          name: 'node',
          provide,
          expect: POLL,
          include: ['test/{attack,clients,chaos,hosts,processes,runs}/**/*.test.ts'],
          isolate: false,
          setupFiles: FRESH_MODULES,
          globalSetup: 'test/support/bundle-once.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'inference',
          provide,
          expect: POLL,
          include: ['inference/test/**/*.test.ts'],
          isolate: false,
          setupFiles: FRESH_MODULES,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
