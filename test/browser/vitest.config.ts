import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: tests the playground in a real browser against the running program. */
export default defineConfig({
  test: {
    name: 'browser',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['./setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The default of 1 s is short for a stream on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    // One browser at a time, for small machines.
    fileParallelism: false,
    silent: 'passed-only',
  },
});
