import { defineConfig } from 'vitest/config';

/**
 * `npm run test:python`: runs Python's clients, in a virtual environment of their own, against the whole
 * Worker.
 */
export default defineConfig({
  test: {
    name: 'python',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['./setup.ts', '../support/bundle-once.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    silent: 'passed-only',
  },
});
