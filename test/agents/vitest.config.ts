import { defineConfig } from 'vitest/config';

/**
 * `npm run test:agents`: runs programs that are too large to install with this project, against the whole
 * Worker.
 */
export default defineConfig({
  test: {
    name: 'agents',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['./setup.ts', '../support/bundle-once.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    silent: 'passed-only',
  },
});
