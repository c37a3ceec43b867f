import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        // Inside workerd, with a real KV: the Worker's own modules and routes. Hosts are stood in for by the tests.
        plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' } })],
        test: { name: 'worker', include: ['test/{routes,src,providers}/**/*.test.ts'] },
      },
      {
        // Outside: real processes and sockets, real SDKs, the bundle as it is deployed.
        test: {
          name: 'node',
          include: ['test/{clients,chaos,processes}/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: { name: 'inference', include: ['inference/test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 },
      },
    ],
  },
});
