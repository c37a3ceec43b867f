import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: the playground in a real browser, before the whole program. */
export default defineConfig({
  test: {
    name: 'browser',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['./setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One browser at a time is enough work for a small machine.
    fileParallelism: false,
    silent: 'passed-only',
  },
});
