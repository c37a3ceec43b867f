import { defineConfig } from 'vitest/config';

/**
 * `npm run test:apps`: compiles and runs the Kotlin of the documents, and parses their Swift. It needs
 * Debian's packages of Kotlin, which kotlin.ts names.
 */
export default defineConfig({
  test: {
    name: 'apps',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['../support/bundle-once.ts'],
    provide: { soak: process.env.SOAK === '1' },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    silent: 'passed-only',
  },
});
